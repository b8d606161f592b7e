// A small drill that was played: what score and report are made of.
#pragma once

#include "agents/drill/report.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::tests {

namespace drill = agents::drill;

struct Expected {
  std::string org;
  std::optional<drill::Phase> measures;
  double within = 10;
  std::string text = "it is seen";
  std::string scored = {};
  drill::ExpectationKind kind = drill::ExpectationKind::sighting;
};

/// Two operators and one event. Lifetime: verdicts point into it; it is not moved.
struct DrillStory {
  drill::Scenario scenario;
  drill::Played played;
  std::vector<drill::TimelineEntry> timeline;
  std::vector<drill::OrgScore> scores;

  explicit DrillStory(const std::vector<Expected>& expected) {
    scenario.name = "rhine";
    scenario.title = "A night on the Rhine";
    scenario.seconds = 60;
    scenario.orgs = {{.id = "delos", .name = "Delos", .country = "DE",
                      .role = crypto::OrgRole::operator_},
                     {.id = "bleu", .name = "Bleu", .country = "FR",
                      .role = crypto::OrgRole::operator_}};
    drill::StoryEvent event;
    event.title = "first light";
    event.at = 5;
    for (const auto& each : expected) {
      drill::Expectation expectation{.kind = each.kind, .text = each.text, .within = each.within,
                                     .measures = each.measures, .scored = each.scored};
      if (!each.org.empty()) expectation.fields.put("org", each.org);
      event.expectations.push_back(std::move(expectation));
    }
    scenario.events.push_back(std::move(event));
    for (const auto& each : scenario.events.front().expectations)
      played.verdicts.push_back({&scenario.events.front(), &each, false, 0, 0, "nothing came"});
    played.seconds = 20;
  }
  DrillStory(const DrillStory&) = delete;

  void met(std::size_t which, double took_s) {
    auto& verdict = played.verdicts.at(which);
    verdict.met = true;
    verdict.took_s = took_s;
    verdict.at_s = scenario.events.front().at + took_s;
    verdict.detail = "seen once";
  }
  void judge() { scores = drill::score(scenario, played.verdicts); }
  drill::ReportInput input() const {
    return {scenario, played, scores, timeline, 42, WallTime{1'795'399'920'000}};
  }
};

}  // namespace tocsin::tests
