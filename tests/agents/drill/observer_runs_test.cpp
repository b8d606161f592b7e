#include "agents/drill/observer.hpp"
#include "tests/agents/drill/campaign.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

mesh::Task<bool> holds(Exercise& exercise, drill::Observer& observer, std::size_t expectation) {
  const auto& wanted = exercise.expectation(expectation);
  const auto verdict = co_await observer.watch(exercise.scenario.events.front(), wanted,
                                               drill::Before{});
  INFO(wanted.text << ": " << verdict.detail);
  co_return verdict.met;
}

}  // namespace

TEST_CASE("a run is watched from its wait for signatures to its effect") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    drill::Observer observer(stage);
    auto begin = play_up_to(exercise, stage, director, 4);
    co_await begin;
    const bool waits = co_await holds(exercise, observer, 0);
    CHECK(waits);
    const bool unblocked = co_await holds(exercise, observer, 5);
    CHECK(unblocked);
    const bool early = co_await holds(exercise, observer, 1);
    CHECK_FALSE(early);
    for (const std::size_t inject : {5, 6, 7}) {
      const bool played = co_await director.play(exercise.inject(inject));
      CHECK(played);
    }
    for (const std::size_t expectation : {1, 2, 3, 4}) {
      const bool met = co_await holds(exercise, observer, expectation);
      INFO(expectation);
      CHECK(met);
    }
    const bool blocked = co_await holds(exercise, observer, 5);
    CHECK_FALSE(blocked);
  });
}

TEST_CASE("what was acknowledged counts as kept only once its agent answers again") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    drill::Observer observer(stage);
    auto begin = play_up_to(exercise, stage, director, 4);
    co_await begin;
    const auto killed = co_await stage.federation.kill("delos");
    CHECK(killed);
    const bool down = co_await holds(exercise, observer, 9);
    CHECK_FALSE(down);
    const auto started = co_await stage.federation.start("delos");
    CHECK(started);
    const bool up = co_await holds(exercise, observer, 9);
    CHECK(up);
    stage.acknowledged.push_back({"delos", "ioc.show", "id", "aaaa", "what never was"});
    const bool lost = co_await holds(exercise, observer, 9);
    CHECK_FALSE(lost);
  });
}
