#include "agents/cli/arguments.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::cli;

namespace {

const std::vector<Command> known{
    {.noun = "ioc", .verb = "add", .about = "share one", .example = "tocsin ioc add ipv4 192.0.2.7",
     .positionals = {{"TYPE", "type"}, {"VALUE", "value"}},
     .flags = {{"to", "ORG", "who", true}, {"tlp-max", "TLP", "at most"}, {"dry-run", "", "check"}}},
    {.noun = "ioc", .verb = "import", .about = "share many", .example = "tocsin ioc import a.csv",
     .positionals = {{"FILE", "files", true}}},
    {.noun = "reject", .verb = "", .about = "say no", .example = "tocsin reject run",
     .positionals = {{"RUN", "run", false, true}},
     .flags = {{"why", "TEXT", "the reason", false, true}}}};

Line line_of(const std::vector<std::string>& words) {
  auto parsed = parse_line(words, known);
  if (!parsed.line) FAIL(parsed.line.error().message);
  return std::move(*parsed.line);
}

Error fault_of(const std::vector<std::string>& words) {
  const auto parsed = parse_line(words, known);
  REQUIRE_FALSE(parsed.line);
  return parsed.line.error();
}

}  // namespace

TEST_CASE("global flags are taken wherever they stand, with blank or equals sign") {
  const std::vector<std::vector<std::string>> lines{
      {"--json", "--home", "/h", "ioc", "add", "ipv4", "192.0.2.7"},
      {"ioc", "--home=/h", "add", "--json", "ipv4", "192.0.2.7"},
      {"ioc", "add", "ipv4", "--home", "/h", "192.0.2.7", "--json"}};
  for (const auto& words : lines) {
    const auto line = line_of(words);
    CHECK(line.globals.json);
    CHECK(line.globals.home == "/h");
    CHECK(line.command->name() == "ioc add");
    CHECK(line.arguments.text("value") == "192.0.2.7");
  }
}

TEST_CASE("after a double dash nothing is a flag") {
  const auto line = line_of({"ioc", "add", "domain", "--", "--home"});
  CHECK(line.arguments.text("value") == "--home");
  CHECK(line.globals.home.empty());
}

TEST_CASE("a repeatable flag takes its values one by one or in a row") {
  const std::vector<std::string> both{"bleu", "bsi"};
  CHECK(line_of({"ioc", "add", "ipv4", "v", "--to", "bleu", "--to", "bsi"}).arguments.texts("to") ==
        both);
  CHECK(line_of({"ioc", "add", "ipv4", "v", "--to", "bleu", "bsi"}).arguments.texts("to") == both);
  const auto before = line_of({"ioc", "add", "--to", "bleu", "bsi", "ipv4", "v"});
  CHECK(before.arguments.texts("to") == both);
  CHECK(before.arguments.text("type") == "ipv4");
}

TEST_CASE("arguments reach the agent under their own names: switches true, many as arrays") {
  const auto line = line_of({"ioc", "add", "ipv4", "v", "--to", "bleu", "--tlp-max", "green",
                             "--dry-run"});
  const json::object expected{{"type", "ipv4"}, {"value", "v"}, {"to", {"bleu"}},
                              {"tlp_max", "green"}, {"dry_run", true}};
  CHECK(line.arguments.to_json(*line.command) == expected);
  const auto files = line_of({"ioc", "import", "a", "b"});
  CHECK(files.arguments.to_json(*files.command) == json::object{{"files", {"a", "b"}}});
}

TEST_CASE("every usage error says what is wrong and how the command is written") {
  const std::pair<std::vector<std::string>, std::string_view> cases[] = {
      {{"ioc", "add", "ipv4"}, "tocsin ioc add TYPE VALUE"},
      {{"ioc", "add", "ipv4", "v", "w"}, "tocsin ioc add TYPE VALUE"},
      {{"ioc", "add", "ipv4", "v", "--colour", "red"}, "tocsin ioc add TYPE VALUE"},
      {{"ioc", "add", "ipv4", "v", "--tlp-max", "a", "--tlp-max", "b"}, "tocsin ioc add"},
      {{"reject", "abcd"}, "tocsin reject [RUN] --why TEXT"},
      {{"ioc", "frobnicate"}, "one of: add, import"},
      {{"ioc"}, "one of: add, import"},
      {{"frobnicate"}, "see `tocsin --help`"},
      {{"--colour", "ioc"}, "see `tocsin --help`"},
      {{}, "see `tocsin --help`"}};
  for (const auto& [words, hint] : cases) {
    const auto fault = fault_of(words);
    INFO(fault.message << " / " << fault.hint);
    CHECK(fault.code == Errc::usage);
    CHECK_FALSE(fault.message.empty());
    CHECK(fault.hint.starts_with(hint));
  }
  CHECK(fault_of({"ioc", "import", "a", "--home"}).message == "--home needs a value");
}

TEST_CASE("--json is seen even where the rest of the line is at fault") {
  CHECK(parse_line({"ioc", "frobnicate", "--json"}, known).json);
  CHECK(parse_line({"--json"}, known).json);
  CHECK_FALSE(parse_line({"ioc", "frobnicate"}, known).json);
}

TEST_CASE("help needs no arguments; on a noun alone it is about the noun") {
  const auto one = line_of({"ioc", "add", "--help"});
  CHECK(one.globals.help);
  CHECK(one.command->name() == "ioc add");
  const auto noun = line_of({"ioc", "--help"});
  CHECK(noun.command == nullptr);
  CHECK(noun.noun == "ioc");
  CHECK(line_of({"-h"}).globals.help);
  CHECK(line_of({"--version"}).globals.version);
}
