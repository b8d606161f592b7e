#include "agents/cli/shell.hpp"

#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;

TEST_CASE("the version, in words and as JSON") {
  Desk desk;
  auto line = desk.line("delos");
  CHECK(line.run("--version").out == fmt::format("tocsin {}\n", TOCSIN_VERSION));
  CHECK(line.document("--version") == tests::json::object{{"version", TOCSIN_VERSION}});
}

TEST_CASE("help exits 0 and shows the command's own usage, as JSON too") {
  Desk desk;
  auto line = desk.line("delos");
  for (const auto& command : agents::cli::commands()) {
    const auto said = line.run(command.name() + " --help");
    CHECK(said.exit == 0);
    CHECK(said.says("tocsin " + command.name()));
    CHECK(said.err.empty());
  }
  const auto help = line.document("ioc add --help");
  CHECK(tests::text_of_key(help, "help").find("tocsin ioc add TYPE VALUE") != std::string::npos);
}

TEST_CASE("a usage error exits 2, on stderr in words and on stdout as JSON") {
  Desk desk;
  auto line = desk.line("delos");
  const auto said = line.run("ioc frobnicate");
  CHECK(said.exit == 2);
  CHECK(said.out.empty());
  CHECK(said.complains("error: unknown command `ioc frobnicate`"));
  CHECK(said.complains("hint: one of: add, "));
  CHECK(line.error("ioc frobnicate", 2).at("code") == "usage");
  CHECK(line.error("--json ioc add ipv4", 2).at("hint").as_string().starts_with("tocsin ioc add"));
  CHECK(line.error("now --lang nl", 2).at("hint") == "en, de or fr");
}

TEST_CASE("an error that has no hint still has the key") {
  Desk desk;
  auto line = desk.line("delos");
  line.hooks["bench"] = [](agents::cli::Call&) -> Result<agents::cli::Document> {
    return fail(Errc::io, "the disk is gone");
  };
  const auto error = line.error("bench", 1);
  CHECK(error == tests::json::object{{"code", "io"}, {"message", "the disk is gone"}, {"hint", ""}});
  CHECK(line.run("bench").err == "error: the disk is gone\n");
}

TEST_CASE("what is no part of this build says so and exits 1") {
  Desk desk;
  CHECK(desk.line("delos").error("drill list", 1).at("code") == "unsupported");
}

TEST_CASE("errors and tables are in the home's language unless a flag names another") {
  Desk desk;
  auto line = desk.found("delos");
  desk.write("delos/agent.toml",
             "[agent]\norg = \"delos\"\nlisten = \"127.0.0.1:0\"\nlang = \"de\"\n");
  CHECK(line.run("charter show").complains("Fehler: "));
  CHECK(line.run("charter show --lang fr").complains("erreur: "));
  CHECK(line.error("charter show", 1).at("code") == "not_found");
}

TEST_CASE("a message cannot steer the terminal") {
  Desk desk;
  const auto said = desk.line("delos").run(std::vector<std::string>{"ioc", "\x1b[2J"});
  CHECK(said.exit == 2);
  CHECK(said.err.find('\x1b') == std::string::npos);
  CHECK(said.complains("\\x1b[2J"));
}
