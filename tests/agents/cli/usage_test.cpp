#include "agents/cli/arguments.hpp"
#include "tests/catch.hpp"

using namespace tocsin::agents::cli;

TEST_CASE("usage shows needed flags bare, optional ones and repeated words marked") {
  const Command command{.noun = "ioc", .verb = "import", .about = "share", .example = "tocsin x",
                        .positionals = {{"FILE", "files", true}, {"PLACE", "place", false, true}},
                        .flags = {{"why", "TEXT", "the reason", false, true},
                                  {"to", "ORG", "who", true},
                                  {"dry-run", "", "check"}}};
  CHECK(usage_of(command) ==
        "tocsin ioc import FILE... [PLACE] --why TEXT [--to ORG...] [--dry-run]");
}

TEST_CASE("the help of every command shows its usage, each flag, and an example of itself") {
  for (const auto& command : commands()) {
    const auto help = help_of(command);
    INFO(help);
    CHECK(help.find("Usage: " + usage_of(command)) != std::string::npos);
    CHECK(help.find("Example: tocsin " + command.name()) != std::string::npos);
    for (const auto& flag : command.flags)
      CHECK(help.find(flag.about) != std::string::npos);
    for (const auto* everywhere : {"--home", "--json", "--lang", "--tz", "--passphrase-file"})
      CHECK(help.find(everywhere) != std::string::npos);
  }
}

TEST_CASE("every example of a command is a line that the program takes") {
  for (const auto& command : commands()) {
    std::vector<std::string> words;
    bool quoted = false, open = false;
    for (const char c : command.example) {
      if (c == '"') quoted = !quoted;
      else if (c == ' ' && !quoted) open = false;
      else {
        if (!open) words.emplace_back();
        open = true;
        words.back() += c;
      }
    }
    REQUIRE(words.front() == "tocsin");
    words.erase(words.begin());
    const auto parsed = parse_line(words, commands());
    INFO(command.example << ": " << (parsed.line ? "" : parsed.line.error().message));
    REQUIRE(parsed.line);
    CHECK(parsed.line->command == &command);
  }
}

TEST_CASE("the overview names every command; that of a noun names its own only") {
  const auto all = overview(commands()), ioc = overview(commands(), "ioc");
  for (const auto& command : commands()) {
    const auto line = "\n  " + command.name() + " ";
    CHECK(all.find(line) != std::string::npos);
    CHECK((ioc.find(line) != std::string::npos) == (command.noun == "ioc"));
  }
}
