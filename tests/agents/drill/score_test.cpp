#include "agents/drill/score.hpp"

#include "tests/agents/drill/drill_story.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;
using tests::DrillStory;

TEST_CASE("an expectation met at once is worth 1, just in time a half, missed nothing") {
  DrillStory story({{"delos", Phase::detect, 10}});
  const auto points = [&](double took) {
    story.met(0, took);
    return points_of(story.played.verdicts[0]);
  };
  CHECK(points_of(story.played.verdicts[0]) == 0);
  CHECK(points(0) == 1);
  CHECK(points(5) == 0.75);
  CHECK(points(10) == 0.5);
  CHECK(points(11) == 0.5);
}

TEST_CASE("what must hold all the time, or may take no time, is worth 1 when it held") {
  DrillStory story({{"delos", {}, 10, "quiet", {}, ExpectationKind::no_incident},
                    {"delos", {}, 0, "at once"}});
  story.met(0, 10);
  story.met(1, 0);
  CHECK(points_of(story.played.verdicts[0]) == 1);
  CHECK(points_of(story.played.verdicts[1]) == 1);
}

TEST_CASE("the score is quality of the measured phases times the share of what was met") {
  DrillStory story({{"delos", Phase::detect, 10},
                    {"delos", Phase::detect, 10},
                    {"delos", Phase::contain, 10},
                    {"delos", {}, 10},
                    {"bleu", {}, 10}});
  story.met(0, 0);
  story.met(1, 10);
  story.met(2, 5);
  story.judge();
  // Phases: detect (1 + 0.5) / 2, contain 0.75: mean 0.75. Met: 3 of 4.
  CHECK(story.scores.at(0).org == "delos");
  CHECK(story.scores.at(0).score == 56);
  CHECK(story.scores.at(0).seconds[std::size_t(Phase::detect)] == 5);
  CHECK(story.scores.at(0).seconds[std::size_t(Phase::contain)] == 5);
  CHECK_FALSE(story.scores.at(0).seconds[std::size_t(Phase::share)]);
  CHECK(story.scores.at(1).score == 0);
  story.met(4, 9);
  story.judge();
  CHECK(story.scores.at(1).score == 100);
}

TEST_CASE("a phase that was missed has no seconds but costs its points") {
  DrillStory story({{"delos", Phase::detect, 10}, {"delos", Phase::share, 10}});
  story.met(0, 0);
  story.judge();
  CHECK(story.scores.at(0).score == 25);
  CHECK_FALSE(story.scores.at(0).seconds[std::size_t(Phase::share)]);
}

TEST_CASE("time counts for the one it is the time of, not for the one it is seen at") {
  DrillStory story({{"bleu", Phase::share, 10, "bleu has it", "delos"}});
  story.met(0, 0);
  story.judge();
  CHECK(orgs_of(story.scenario.events[0].expectations[0]) == std::vector<std::string>{"delos"});
  CHECK(story.scores.at(0).seconds[std::size_t(Phase::share)] == 0);
  CHECK_FALSE(story.scores.at(1).seconds[std::size_t(Phase::share)]);
}

TEST_CASE("an organisation of which nothing is expected has no merit") {
  DrillStory story({{"delos", Phase::detect, 10}});
  story.met(0, 0);
  story.judge();
  CHECK(story.scores.at(0).score == 100);
  CHECK(story.scores.at(1).score == 0);
}
