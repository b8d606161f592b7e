#include "agents/drill/scenario.hpp"

#include "tests/catch.hpp"

using namespace tocsin::agents::drill;

namespace {

Inject inject(InjectKind kind, std::initializer_list<std::pair<const char*, const char*>> fields,
              std::size_t line) {
  Inject out{.kind = kind};
  out.line = line;
  for (const auto& [key, value] : fields) out.fields.put(key, std::string(value));
  return out;
}
Expectation expect(std::initializer_list<std::pair<const char*, const char*>> fields,
                   std::size_t line, ExpectationKind kind = ExpectationKind::indicator) {
  Expectation out{.kind = kind, .text = "it is so", .within = 5};
  out.line = line;
  for (const auto& [key, value] : fields) out.fields.put(key, std::string(value));
  return out;
}

/// Two operators; an indicator is added and expected.
Scenario sound() {
  Scenario out;
  out.seconds = 60;
  out.orgs = {{.id = "delos", .line = 2}, {.id = "bleu", .line = 3}};
  StoryEvent event;
  event.at = 1;
  event.line = 4;
  event.injects.push_back(inject(InjectKind::ioc_add, {{"org", "delos"}, {"name", "c2"}}, 5));
  event.expectations.push_back(expect({{"org", "bleu"}, {"indicator", "c2"}}, 6));
  out.events.push_back(std::move(event));
  return out;
}

void check_fault(const Scenario& scenario, std::size_t line, std::string_view what) {
  const auto faults = cross_check(scenario);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].line == line);
  INFO(faults[0].what);
  CHECK(faults[0].what.find(what) != std::string::npos);
  CHECK_FALSE(faults[0].fix.empty());
}

}  // namespace

TEST_CASE("a sound scenario has no fault, and counts what it expects") {
  const auto scenario = sound();
  CHECK(cross_check(scenario).empty());
  CHECK(scenario.expectations() == 1);
  REQUIRE(scenario.org("bleu") != nullptr);
  CHECK(scenario.org("bleu")->id == "bleu");
  CHECK(scenario.org("bsi") == nullptr);
}

TEST_CASE("names must be given before they are used, and once only") {
  auto unknown = sound();
  unknown.events[0].expectations[0] = expect({{"org", "bleu"}, {"indicator", "c3"}}, 6);
  check_fault(unknown, 6, "no indicator c3 was named before");
  auto twice = sound();
  twice.events[0].injects.push_back(
      inject(InjectKind::ioc_add, {{"org", "bleu"}, {"name", "c2"}}, 7));
  check_fault(twice, 7, "the name c2 is given twice");
  auto run = sound();
  run.events[0].injects.push_back(inject(
      InjectKind::playbook_run,
      {{"org", "delos"}, {"name", "r"}, {"playbook", "p"}, {"incident", "c2"}}, 7));
  check_fault(run, 7, "no playbook p was named before");
}

TEST_CASE("what is used in an earlier event than it is given is a fault") {
  auto scenario = sound();
  StoryEvent before;
  before.at = 0;
  before.expectations.push_back(expect({{"org", "bleu"}, {"indicator", "c2"}}, 9));
  scenario.events.insert(scenario.events.begin(), std::move(before));
  check_fault(scenario, 9, "no indicator c2");
}

TEST_CASE("organisations must be there, once, and at least two of them") {
  auto unknown = sound();
  unknown.events[0].expectations[0] = expect({{"org", "bsi"}, {"indicator", "c2"}}, 6);
  check_fault(unknown, 6, "no organisation bsi");
  auto twice = sound();
  twice.orgs.push_back({.id = "bleu", .line = 8});
  check_fault(twice, 8, "organisation bleu is there twice");
  auto alone = sound();
  alone.orgs.pop_back();
  alone.events[0].expectations[0] = expect({{"org", "delos"}, {"indicator", "c2"}}, 6);
  check_fault(alone, 1, "at least two organisations");
  auto several = sound();
  auto cut = inject(InjectKind::cut, {}, 7);
  cut.fields.put("orgs", std::vector<std::string>{"delos", "acn"});
  several.events[0].injects.push_back(std::move(cut));
  check_fault(several, 7, "no organisation acn");
}

TEST_CASE("nothing begins or ends after the end, delays of injects included") {
  auto late = sound();
  late.events[0].at = 61;
  const auto faults = cross_check(late);
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].what == "begins at 61 s, after the end");
  auto within = sound();
  within.events[0].expectations[0].within = 59;
  CHECK(cross_check(within).empty());
  within.events[0].injects[0].after = 1;
  check_fault(within, 6, "may be met after the end");
}

TEST_CASE("something must be expected, and a measured time must be somebody's") {
  auto nothing = sound();
  nothing.events[0].expectations.clear();
  check_fault(nothing, 1, "nothing is expected");
  auto nobody = sound();
  nobody.events[0].expectations[0] = expect({}, 6, ExpectationKind::state_equal);
  nobody.events[0].expectations[0].measures = Phase::share;
  check_fault(nobody, 6, "whose time it is");
  nobody.events[0].expectations[0].scored = "delos";
  CHECK(cross_check(nobody).empty());
  nobody.events[0].expectations[0].scored = "bsi";
  check_fault(nobody, 6, "no organisation bsi");
}

TEST_CASE("faults come in order of lines") {
  auto scenario = sound();
  scenario.events[0].injects[0].line = 20;
  scenario.events[0].injects[0].fields.put("org", std::string("acn"));
  scenario.events[0].expectations[0] = expect({{"org", "bsi"}, {"indicator", "c2"}}, 6);
  const auto faults = cross_check(scenario);
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].line == 6);
  CHECK(faults[1].line == 20);
}

TEST_CASE("a field that is absent or of another kind reads as empty") {
  Fields fields;
  fields.put("text", std::string("a"));
  fields.put("many", std::vector<std::string>{"a", "b"});
  fields.put("count", 3.0);
  fields.put("on", true);
  CHECK(fields.text("text") == "a");
  CHECK(fields.texts("many").size() == 2);
  CHECK(fields.number("count", 7) == 3);
  CHECK(fields.flag("on"));
  CHECK(fields.text("many").empty());
  CHECK(fields.texts("text").empty());
  CHECK(fields.number("text", 7) == 7);
  CHECK_FALSE(fields.flag("count"));
  CHECK_FALSE(fields.has("absent"));
  CHECK(fields.number("absent", 7) == 7);
}
