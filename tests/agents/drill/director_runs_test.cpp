#include "tests/agents/drill/campaign.hpp"

using namespace tocsin;
using namespace tocsin::tests;
namespace json = boost::json;

TEST_CASE("a run is started, signed by both, and a replayed signature is refused") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    auto task = play_up_to(exercise, stage, director, 7);
    co_await task;
    CHECK(stage.run("first").has_value());
  });
  std::vector<std::string> decisions;
  for (const auto& entry : exercise.timeline.entries())
    if (entry.what == drill::Happening::decision) decisions.push_back(entry.text);
  const auto told = [&](std::string_view part) {
    return std::any_of(decisions.begin(), decisions.end(),
                       [&](const auto& text) { return text.find(part) != std::string::npos; });
  };
  CHECK(told("delos has signed"));
  CHECK(told("bleu has signed"));
  CHECK(told("refused: "));
}

TEST_CASE("an approval that nothing waits for fails after a while") {
  Exercise exercise(campaign);
  exercise.play([&](drill::Stage& stage) -> mesh::Task<> {
    drill::Director director(stage);
    const bool without_run = co_await director.play(exercise.inject(5));
    CHECK_FALSE(without_run);
    auto task = play_up_to(exercise, stage, director, 5);
    co_await task;
    const auto begun = stage.world.clock.now();
    stage.runs["first"].id = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    const bool nothing = co_await director.play(exercise.inject(5));
    CHECK_FALSE(nothing);
    CHECK(stage.world.clock.now() - begun >= drill::Director::step_wait_max);
  });
}
