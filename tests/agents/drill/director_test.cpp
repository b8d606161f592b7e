#include "agents/drill/director.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;
namespace json = boost::json;

namespace {

constexpr std::string_view story = R"(
[[event]]
at = 1
title = "Everything but runs"
[[event.inject]]
kind = "ioc-add"
org = "delos"
name = "c2"
type = "domain"
value = "c2.example"
tlp = "amber"
[[event.inject]]
kind = "syslog"
org = "delos"
lines = ["<86>1 {now} delos-dns-1 named 1 - - query {n} c2.example"]
repeat = 3
[[event.inject]]
kind = "cut"
orgs = ["delos", "bleu"]
[[event.inject]]
kind = "heal"
orgs = ["delos", "bleu"]
[[event.inject]]
kind = "kill"
org = "bleu"
[[event.inject]]
kind = "restart"
org = "bleu"
text = "somebody starts it again"
[[event.inject]]
kind = "asset-import"
org = "delos"
file = "rhine/assets-delos.csv"
[[event.inject]]
kind = "ioc-retract"
org = "delos"
indicator = "c2"
why = "a mistake"
[[event.expect]]
kind = "linked"
text = "linked"
within = 1
org = "delos"
to = "bleu"
)";

mesh::Task<std::size_t> count(drill::Stage& stage, std::string verb, std::string array) {
  auto caller = stage.federation.caller("delos");
  const auto listed = co_await caller.ask(std::move(verb), json::object{});
  co_return listed ? agents::objects_in(*listed, array).size() : 999;
}

}  // namespace

TEST_CASE("the director plays each inject and tells the timeline") {
  Exercise exercise(story);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    for (const auto& inject : exercise.scenario.events.front().injects) {
      const bool played = co_await director.play(inject);
      CHECK(played);
      co_await mesh::sleep(stage.world.loop, 3s);
      const auto sightings = co_await count(stage, "sighting.list", "sightings");
      if (inject.kind == drill::InjectKind::syslog) CHECK(sightings == 1);
    }
    CHECK(stage.indicator("c2")->value == "c2.example");
    CHECK(stage.acknowledged.size() == 1);
    CHECK(stage.federation.machine("bleu").running());
  });
  std::vector<std::string> told;
  for (const auto& entry : exercise.timeline.entries())
    told.push_back(std::string(name_of(entry.what)));
  const std::vector<std::string> expected{"inject", "inject",  "cut",     "heal",     "kill -9",
                                          "restart", "restart", "inject", "decision"};
  CHECK(told == expected);
}

TEST_CASE("an inject that cannot be played is told with its reason") {
  Exercise exercise(story);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    const auto killed = co_await director.play(exercise.inject(4));
    CHECK(killed);
    const auto again = co_await director.play(exercise.inject(4));
    CHECK_FALSE(again);
    const auto retracted = co_await director.play(exercise.inject(7));
    CHECK_FALSE(retracted);
  });
  const auto& entries = exercise.timeline.entries();
  CHECK(entries.back().what == drill::Happening::failed);
  CHECK(entries.back().text.find("indicator c2 was not shared") != std::string::npos);
}

TEST_CASE("an inject is called by its own text, else by its kind and fields") {
  const Exercise exercise(story);
  CHECK(drill::describe(exercise.inject(5)) == "somebody starts it again");
  CHECK(drill::describe(exercise.inject(2)) == "cut delos-bleu");
  CHECK(drill::describe(exercise.inject(0)) == "ioc-add c2.example");
}
