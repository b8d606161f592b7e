#include "agents/drill/scenario_file.hpp"

#include "tests/memory_world.hpp"
#include "tests/source_root.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;

namespace {

constexpr std::string_view sound = R"(title = "Two bells"
seconds = 60

[[org]]
id = "delos"
country = "DE"
role = "operator"

[[org]]
id = "bleu"
name = "Bleu"
country = "FR"
role = "operator"
lists = ["lists/dns.json"]

[[event]]
title = "later"
at = 20

[[event]]
title = "first"
at = 5

[[event.inject]]
kind = "ioc-add"
org = "delos"
name = "c2"
type = "domain"
value = "evil.example"
after = 1.5

[[event.inject]]
kind = "asset-import"
org = "bleu"
file = "assets.csv"

[[event.expect]]
kind = "indicator"
text = "Bleu knows it"
org = "bleu"
indicator = "c2"
within = 10
measures = "share"
of = "delos"
)";

std::string with(std::string_view old, std::string_view fresh) {
  std::string out(sound);
  const auto at = out.find(old);
  REQUIRE(at != std::string::npos);
  return out.replace(at, old.size(), fresh);
}
std::size_t line_of(std::string_view text, std::string_view what) {
  return 1 + std::size_t(std::count(text.begin(), text.begin() + std::ptrdiff_t(text.find(what)),
                                    '\n'));
}
std::vector<ScenarioFault> faults_of(const std::string& text) {
  return read_scenario(text, "bells", "/scenarios").faults;
}

}  // namespace

TEST_CASE("a scenario is read with its events in order of time and its defaults filled in") {
  const auto read = read_scenario(sound, "bells", "/scenarios");
  for (const auto& fault : read.faults) UNSCOPED_INFO(fault.line << ": " << fault.what);
  REQUIRE(read.faults.empty());
  const auto& scenario = read.scenario;
  CHECK(scenario.name == "bells");
  CHECK(scenario.title == "Two bells");
  CHECK(scenario.seconds == 60);
  REQUIRE(scenario.orgs.size() == 2);
  CHECK(scenario.orgs[0].name == "delos");
  CHECK(scenario.orgs[1].name == "Bleu");
  CHECK(scenario.orgs[0].analyst == "duty-officer");
  REQUIRE(scenario.events.size() == 2);
  CHECK(scenario.events[0].title == "first");
  const auto& inject = scenario.events[0].injects.at(0);
  CHECK(inject.kind == InjectKind::ioc_add);
  CHECK(inject.after == 1.5);
  CHECK(inject.fields.text("value") == "evil.example");
  const auto& expectation = scenario.events[0].expectations.at(0);
  CHECK(expectation.within == 10);
  CHECK(expectation.measures == Phase::share);
  CHECK(expectation.scored == "delos");
}

TEST_CASE("whatever means nothing is a fault with its line and a remedy") {
  const std::pair<std::pair<std::string_view, std::string_view>, std::string_view> cases[] = {
      {{"title = \"Two bells\"", "titel = \"Two bells\""}, "unknown key `titel`"},
      {{"seconds = 60", "seconds = \"long\""}, "seconds"},
      {{"seconds = 60", "seconds = 3601"}, "from 0 to 3600"},
      {{"seconds = 60", "seconds = nan"}, "from 0 to 3600"},
      {{"id = \"delos\"", "id = \"DELOS\""}, "a-z"},
      {{"role = \"operator\"", "role = \"king\""}, "operator, authority"},
      {{"lists/dns.json", "../../etc/passwd"}, "below the scenario's folder"},
      {{"assets.csv", "/etc/passwd"}, "below the scenario's folder"},
      {{"kind = \"ioc-add\"", "kind = \"ioc-sing\""}, "\"ioc-sing\" means nothing"},
      {{"kind = \"indicator\"", "kind = \"bells\""}, "\"bells\" means nothing"},
      {{"measures = \"share\"", "measures = \"speed\""}, "means nothing"},
      {{"after = 1.5", "after = -1"}, "from 0"},
      {{"value = \"evil.example\"", "value = \"\""}, "not empty"},
      {{"within = 10", "withn = 10"}, "unknown key `withn`"},
      {{"lists = [\"lists/dns.json\"]", "lists = [7]"}, "list of texts"}};
  for (const auto& [change, what] : cases) {
    const auto text = with(change.first, change.second);
    const auto faults = faults_of(text);
    INFO(change.second);
    REQUIRE_FALSE(faults.empty());
    const auto found = std::find_if(faults.begin(), faults.end(), [&, what = what](const auto& f) {
      return f.what.find(what) != std::string::npos || f.fix.find(what) != std::string::npos;
    });
    REQUIRE(found != faults.end());
    CHECK(found->line == line_of(text, change.second));
    for (const auto& fault : faults) CHECK_FALSE(fault.fix.empty());
  }
}

TEST_CASE("all faults are told at once, in order of lines, and only once each") {
  auto text = with("seconds = 60", "seconds = -1");
  text.replace(text.find("role = \"operator\""), 17, "rolle = \"operator\"");
  const auto faults = faults_of(text);
  REQUIRE(faults.size() == 3);  // The key that is missing, and the one that is there instead.
  CHECK(std::is_sorted(faults.begin(), faults.end(),
                       [](const auto& a, const auto& b) { return a.line < b.line; }));
}

TEST_CASE("what only the whole story shows is found once the text is sound") {
  const auto faults = faults_of(with("indicator = \"c2\"", "indicator = \"c3\""));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].what == "no indicator c3 was named before");
}

TEST_CASE("what is no TOML is one fault at its line") {
  const auto faults = faults_of("title = \"a\"\nseconds = = 3\n");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].line == 2);
  CHECK(faults[0].fix == "correct the TOML");
  CHECK_FALSE(faults_of("").empty());
}

TEST_CASE("sections beyond their bound are refused, as is a section that is a value") {
  std::string many(sound);
  for (int i = 0; i < 20; ++i)
    many += fmt::format("[[org]]\nid = \"org{}\"\ncountry = \"DE\"\nrole = \"operator\"\n", i);
  const auto faults = faults_of(many);
  REQUIRE_FALSE(faults.empty());
  CHECK(faults[0].what.find("at most 16 sections") != std::string::npos);
  CHECK_FALSE(faults_of("title = \"a\"\nseconds = 1\norg = 7\n").empty());
}

TEST_CASE("a scenario's name is its file's, and every file that it names must be there") {
  tests::MemoryDisk disk;
  disk.write("/scenarios/bells.toml", sound);
  disk.write("/scenarios/lists/dns.json", "[]");
  const auto read = load_scenario(disk, "/scenarios/bells.toml");
  REQUIRE(read);
  CHECK(read->scenario.name == "bells");
  REQUIRE(read->faults.size() == 1);
  CHECK(read->faults[0].what == "no file /scenarios/assets.csv");
  disk.write("/scenarios/assets.csv", "id\n");
  CHECK(load_scenario(disk, "/scenarios/bells.toml")->faults.empty());
  const auto absent = load_scenario(disk, "/scenarios/none.toml");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == Errc::not_found);
  CHECK(absent.error().message.find("/scenarios/none.toml") != std::string::npos);
}

TEST_CASE("the scenario that ships has no fault") {
  const auto folder = tests::source_root() / "playbooks" / "library";
  const auto read = read_scenario(tests::read_text(folder / "rhine.toml"), "rhine", folder);
  for (const auto& fault : read.faults) UNSCOPED_INFO(fault.line << ": " << fault.what);
  CHECK(read.faults.empty());
  CHECK(read.scenario.orgs.size() >= 2);
}
