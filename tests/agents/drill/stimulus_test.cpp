#include "agents/drill/stimulus.hpp"

#include "agents/drill/scenario_file.hpp"
#include "tests/source_root.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;

namespace {

/// The shipped scenario's event of that title.
const StoryEvent& event_of(const Scenario& scenario, std::string_view title) {
  for (const auto& event : scenario.events)
    if (event.title == title) return event;
  FAIL("no event " << title);
  return scenario.events.front();
}

Scenario rhine() {
  const auto folder = tests::source_root() / "playbooks" / "library";
  return read_scenario(tests::read_text(folder / "rhine.toml"), "rhine", folder).scenario;
}

/// What the inject does that the expectation with that text answers to: `KIND ORG`.
std::string answers_to(const StoryEvent& event, std::string_view text) {
  for (const auto& expectation : event.expectations) {
    if (expectation.text != text) continue;
    const auto& inject = event.injects.at(stimulus_of(event, expectation));
    const auto org = inject.fields.text("org");
    return std::string(name_of(inject.kind)) + (org.empty() ? "" : " " + org);
  }
  FAIL("nothing expects: " << text);
  return {};
}

}  // namespace

TEST_CASE("a detection answers to the events of its own organisation") {
  const auto scenario = rhine();
  const auto& event = event_of(scenario, "Sightings on both sides of the cut");
  CHECK(answers_to(event, "Delos detects alone") == "hec delos");
  CHECK(answers_to(event, "Bleu detects alone") == "ndjson bleu");
}

TEST_CASE("an effect answers to the signature for the step of its own organisation") {
  const auto scenario = rhine();
  const auto& alone = event_of(scenario, "Sightings on both sides of the cut");
  CHECK(answers_to(alone, "Delos blocks by local policy, on its own signature") ==
        "approve delos");
  const auto& joint =
      event_of(scenario, "One approval, its replay, then the second organisation's");
  CHECK(answers_to(joint, "exactly one effect at Delos") == "approve bleu");
  CHECK(answers_to(joint, "the signature of Delos counts") == "approve delos");
}

TEST_CASE("a link answers to the cable, an indicator to its own sharing") {
  const auto scenario = rhine();
  const auto& event = event_of(scenario, "The direct link between Delos and Bleu is cut");
  CHECK(answers_to(event, "Delos and Bleu have no direct link") == "cut");
  CHECK(answers_to(event, "AMBER arrives at Bleu all the same") == "ioc-add delos");
}

TEST_CASE("a replay is not what the first signature is measured by") {
  const auto scenario = rhine();
  const auto& event =
      event_of(scenario, "One approval, its replay, then the second organisation's");
  const auto& replay = event.injects.at(1);
  REQUIRE(replay.fields.flag("replay"));
  for (const auto& expectation : event.expectations)
    CHECK(concerns(replay, expectation) == (expectation.kind == ExpectationKind::replays));
}

TEST_CASE("what no inject concerns answers to the last one") {
  StoryEvent event;
  event.injects = {{.kind = InjectKind::syslog}, {.kind = InjectKind::asset_import}};
  const Expectation expectation{.kind = ExpectationKind::linked};
  CHECK(stimulus_of(event, expectation) == 1);
}
