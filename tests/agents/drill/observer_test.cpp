#include "agents/drill/observer.hpp"

#include "tests/agents/drill/campaign.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

mesh::Task<> play_later(Exercise& exercise, drill::Stage& stage, drill::Director& director,
                        std::size_t inject) {
  co_await mesh::sleep(stage.world.loop, 300ms);
  const bool played = co_await director.play(exercise.inject(inject));
  CHECK(played);
}

}  // namespace

TEST_CASE("the time of an expectation is that of the change, not of the next look") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    drill::Observer observer(stage);
    auto task = play_up_to(exercise, stage, director, 2);
    co_await task;
    stage.world.loop.spawn(play_later(exercise, stage, director, 3));
    const auto verdict = co_await observer.watch(exercise.scenario.events.front(),
                                                 exercise.expectation(6), drill::Before{});
    CHECK(verdict.met);
    CHECK(verdict.took_s >= 0.3);
    CHECK(verdict.took_s < 0.3 + 0.015);
    CHECK(verdict.detail == "1 event(s) at bleu");
  });
}

TEST_CASE("what does not come true is missed when its time is over") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Observer observer(stage);
    const auto verdict = co_await observer.watch(exercise.scenario.events.front(),
                                                 exercise.expectation(6), drill::Before{});
    CHECK_FALSE(verdict.met);
    CHECK(verdict.took_s >= 1.0);
    CHECK(verdict.took_s < 1.1);
    CHECK(verdict.detail == "indicator c2 was not shared");
  });
}

TEST_CASE("what must not happen is met only when its time is over, and missed once it happens") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    drill::Observer observer(stage);
    const auto& absence = exercise.expectation(8);
    REQUIRE(drill::is_absence(absence.kind));
    const auto cut = co_await stage.federation.set_link("delos", "bleu", true);
    CHECK(cut);
    auto task = play_up_to(exercise, stage, director, 1);
    co_await task;
    const auto kept = co_await observer.watch(exercise.scenario.events.front(), absence,
                                              drill::Before{});
    CHECK(kept.met);
    CHECK(kept.took_s > 1.0);
    const auto mended = co_await stage.federation.set_link("delos", "bleu", false);
    CHECK(mended);
    co_await mesh::sleep(stage.world.loop, 10s);
    const auto broken = co_await observer.watch(exercise.scenario.events.front(), absence,
                                                drill::Before{});
    CHECK_FALSE(broken.met);
    CHECK(broken.took_s < 0.5);
    CHECK(broken.detail == "bleu can read it");
  });
}

TEST_CASE("both operators come to one incident with one id") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    drill::Observer observer(stage);
    auto task = play_up_to(exercise, stage, director, 3);
    co_await task;
    const auto verdict = co_await observer.watch(exercise.scenario.events.front(),
                                                 exercise.expectation(7), drill::Before{});
    CHECK(verdict.met);
    CHECK(verdict.detail.starts_with("incident "));
  });
}
