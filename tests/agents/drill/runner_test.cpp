#include "agents/drill/runner.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

constexpr std::string_view story = R"(
[[event]]
at = 2
title = "Shared"
[[event.inject]]
kind = "ioc-add"
org = "delos"
name = "c2"
type = "domain"
value = "c2.example"
tlp = "amber"
[[event.inject]]
kind = "kill"
org = "delos"
after = 4
[[event.inject]]
kind = "kill"
org = "delos"
after = 5
[[event.expect]]
kind = "no-indicator"
text = "Delos does not know what it shares"
within = 1
org = "delos"
indicator = "c2"
[[event.expect]]
kind = "indicator"
text = "Bleu gets it"
within = 1
org = "bleu"
indicator = "c2"
)";

mesh::Task<> play_into(drill::Machines& machines, const drill::Scenario& scenario,
                       drill::Timeline& timeline, Result<drill::Played>& out) {
  auto played = co_await drill::play(machines, scenario, timeline);
  out = std::move(played);
}

}  // namespace

TEST_CASE("a played scenario has a verdict per expectation and counts what failed") {
  Exercise exercise(story);
  Result<drill::Played> played = fail(Errc::closed, "not played");
  const auto ran = exercise.outside.complete(exercise.machines.run(
      play_into(exercise.machines, exercise.scenario, exercise.timeline, played)));
  REQUIRE(ran);
  REQUIRE(played);
  REQUIRE(played->verdicts.size() == 2);
  CHECK_FALSE(played->verdicts[0].met);
  CHECK(played->verdicts[1].met);
  CHECK(played->verdicts[1].expectation == &exercise.expectation(1));
  CHECK(played->verdicts[1].at_s >= 2.0);
  CHECK(played->verdicts[1].took_s < 0.1);
  CHECK(played->injects_failed == 1);
  CHECK(played->seconds >= 7.0);
  CHECK_FALSE(played->passed());
}

TEST_CASE("a federation that cannot be founded is not played") {
  Exercise exercise(story);
  exercise.scenario.orgs[0].lists = {"nowhere/list.json"};
  Result<drill::Played> played = fail(Errc::closed, "not played");
  const auto ran = exercise.outside.complete(exercise.machines.run(
      play_into(exercise.machines, exercise.scenario, exercise.timeline, played)));
  REQUIRE(ran);
  REQUIRE_FALSE(played);
  CHECK(played.error().message.starts_with("delos: "));
}
