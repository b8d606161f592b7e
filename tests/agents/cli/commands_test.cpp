#include "agents/cli/nouns.hpp"

#include <set>

#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using namespace tocsin::agents::cli;

TEST_CASE("no two commands have one name, and no noun is a command and a family at once") {
  std::set<std::string> names;
  for (const auto& command : commands()) {
    CHECK(names.insert(command.name()).second);
    CHECK((command.verb.empty() || !names.contains(std::string(command.noun))));
  }
}

TEST_CASE("every command that signs, shares or blocks can be tried without effect") {
  for (const auto* name : {"ioc add", "ioc import", "ioc retract", "incident release",
                           "playbook import", "playbook run", "run abort", "run done",
                           "effect undo", "effect freeze", "effect thaw", "asset import",
                           "damage assess"}) {
    const auto found = std::find_if(commands().begin(), commands().end(),
                                    [&](const Command& each) { return each.name() == name; });
    INFO(name);
    REQUIRE(found != commands().end());
    CHECK(std::any_of(found->flags.begin(), found->flags.end(),
                      [](const Flag& flag) { return flag.name == "dry-run"; }));
  }
}

TEST_CASE("a command without work of its own hands its words on and shows the answer") {
  tests::Desk desk;
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.answers("sighting.list", {{"sightings", json::array{}}});
  agent.answers("run.show", {{"run", "abcd"}, {"state", "failed"}}, 3);
  auto line = desk.line("delos");
  CHECK(line.run("sighting list --since 1h").out == "nothing was seen\n");
  CHECK(agent.asked["sighting.list"].at(0) == json::object{{"since", "1h"}});
  const auto partly = line.run("run show abcd --json");
  CHECK(partly.exit == 3);
  CHECK(partly.document() == json::object{{"run", "abcd"}, {"state", "failed"}});
}
