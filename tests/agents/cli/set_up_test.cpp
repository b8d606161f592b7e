#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
using tests::text_of_key;

TEST_CASE("init makes a home, and a root outside of it") {
  Desk desk;
  auto line = desk.line("delos");
  const auto made = line.document(
      fmt::format("init --org delos --country DE --role operator --root-dir {} --no-passphrase",
                  desk.file("root")));
  CHECK(text_of_key(made, "org") == "delos");
  CHECK(text_of_key(made, "home") == desk.path("delos"));
  CHECK(text_of_key(made, "root") == desk.path("root"));
  CHECK_FALSE(text_of_key(made, "agent").empty());
  CHECK(desk.exists("delos/keys.bin"));
  CHECK(desk.exists("root/root.bin"));
  CHECK_FALSE(desk.exists("delos/root.bin"));
}

TEST_CASE("the first agent.toml holds the agent's section only, the rest as comments") {
  Desk desk;
  auto line = desk.found("delos");
  std::vector<std::string> lines;
  std::istringstream text(desk.read("delos/agent.toml"));
  for (std::string each; std::getline(text, each);)
    if (!each.empty() && each.front() != '#') lines.push_back(each.substr(0, each.find(' ')));
  CHECK(lines == std::vector<std::string>{"[agent]", "org", "listen"});
  CHECK(line.document("config check").at("findings").as_array().empty());
}

TEST_CASE("a root below HOME is refused with 4, and nothing is written") {
  Desk desk;
  auto line = desk.line("delos");
  for (const auto* root : {"delos", "delos/root", "delos/a/../b"}) {
    const auto error = line.error(
        fmt::format("init --org delos --country DE --role operator --root-dir {} --no-passphrase",
                    desk.file(root)),
        4);
    CHECK(error.at("code") == "refused");
    CHECK_FALSE(desk.exists("delos"));
  }
}

TEST_CASE("the root's folder may be there and be empty; a home or root that is there stays") {
  Desk desk;
  std::filesystem::create_directory(desk.path("delos-root"));
  desk.found("delos");
  const auto identity = desk.read("delos/agent.json");
  auto line = desk.line("delos");
  const auto again = "init --org delos --country DE --role operator --no-passphrase --root-dir ";
  CHECK(line.run(again + desk.file("other-root")).exit == 4);
  CHECK(line.run(again + desk.file("delos-root") + " --home " + desk.file("other")).exit == 4);
  CHECK(desk.read("delos/agent.json") == identity);
  CHECK_FALSE(desk.exists("other"));
}

TEST_CASE("words that mean nothing are usage errors and make nothing") {
  Desk desk;
  auto line = desk.line("delos");
  const auto root = " --no-passphrase --root-dir " + desk.file("root");
  for (const auto* words :
       {"init --org DELOS --country DE --role operator", "init --org delos --country Germany --role operator",
        "init --org delos --country DE --role king",
        "init --org delos --country DE --role operator --listen nowhere"})
    CHECK(line.run(words + root).exit == 2);
  CHECK(line.run("init --org delos --country DE --no-passphrase").exit == 2);
  CHECK_FALSE(desk.exists("delos"));
  CHECK_FALSE(desk.exists("root"));
}

TEST_CASE("a passphrase is typed twice alike, or comes from a file, and is asked for later") {
  Desk desk;
  auto line = desk.line("delos");
  const auto init = "init --org delos --country DE --role operator --root-dir " + desk.file("root");
  CHECK(line.run(init).exit == 2);
  line.terminal.on_terminal = true;
  line.terminal.answers = {"one", "another"};
  CHECK(line.run(init).exit == 2);
  CHECK_FALSE(desk.exists("delos"));
  line.terminal.answers = {"correct horse", "correct horse"};
  CHECK(line.run(init).exit == 0);

  line.terminal.on_terminal = false;
  const auto psk = "psk new --peer bleu --out " + desk.file("psk");
  CHECK(line.error(psk, 4).at("code") == "unauthenticated");
  desk.write("wrong", "incorrect horse\n");
  CHECK(line.run(psk + " --passphrase-file " + desk.file("wrong")).exit == 4);
  CHECK_FALSE(desk.exists("delos/psk/bleu"));
  desk.write("right", "correct horse\n");
  line.terminal.variables["TOCSIN_PASSPHRASE_FILE"] = desk.file("right");
  CHECK(line.run(psk).exit == 0);
}

TEST_CASE("no passphrase and a passphrase exclude each other") {
  Desk desk;
  desk.write("phrase", "word\n");
  CHECK(desk.line("delos")
            .run(fmt::format("init --org delos --country DE --role operator --root-dir {} "
                             "--no-passphrase --passphrase-file {}",
                             desk.file("root"), desk.file("phrase")))
            .exit == 2);
}

TEST_CASE("the card is the same on stdout and in the file, with keys, agents and own networks") {
  Desk desk;
  auto line = desk.found("delos");
  const auto shown = line.document("org card");
  for (const auto* key : {"org", "name", "country", "role", "root", "recovery", "agents"}) {
    INFO(key);
    CHECK((shown.contains(key) || shown.at("card").as_object().contains(key)));
  }
  CHECK(line.run("org card --out " + desk.file("card")).exit == 0);
  CHECK(tests::json::parse(desk.read("card")) == shown);
}

TEST_CASE("a card whose content has changed needs the root to be signed anew") {
  Desk desk;
  auto line = desk.found("delos");
  desk.write("delos/agent.toml", "[agent]\norg = \"delos\"\nlisten = \"127.0.0.1:0\"\n"
                                 "[guard]\nown = [\"198.51.100.0/24\"]\n");
  CHECK(line.run("org card").exit == 4);
  const auto card = line.run("org card --root-dir " + desk.file("delos-root"));
  CHECK(card.exit == 0);
  CHECK(card.says("198.51.100.0/24"));
  CHECK(line.run("org card").says("198.51.100.0/24"));
}

TEST_CASE("every fault of agent.toml is listed with its line, and the exit is 1") {
  Desk desk;
  auto line = desk.found("delos");
  desk.write("bad.toml", "[agent]\norg = \"delos\"\nlisten = \"127.0.0.1:0\"\ncolour = \"red\"\n"
                         "[http]\nlisten = 7\n");
  const auto said = line.run("config check " + desk.file("bad.toml") + " --json");
  CHECK(said.exit == 1);
  const auto findings = said.document().at("findings").as_array();
  REQUIRE(findings.size() >= 2);
  const auto what = [&](std::size_t i) { return text_of_key(findings[i].as_object(), "what"); };
  CHECK(what(0).starts_with(desk.file("bad.toml") + ":4: "));
  for (std::size_t i = 1; i < findings.size(); ++i)
    CHECK(what(i).starts_with(desk.file("bad.toml") + ":6: "));
  for (const auto& each : findings) {
    CHECK(each.at("level") == "red");
    CHECK_FALSE(text_of_key(each.as_object(), "fix").empty());
  }
  CHECK(line.run("config check " + desk.file("absent.toml")).exit == 1);
}
