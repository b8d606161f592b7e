#include "agents/drill/foundation.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;

TEST_CASE("each organisation gets a home, a person and the charter of all, on its own disk") {
  Exercise exercise(nothing_happens);
  const auto laid = drill::lay_foundation(exercise.machines, exercise.scenario);
  REQUIRE(laid);
  REQUIRE(laid->sites.size() == 2);
  for (const auto& site : laid->sites) {
    const auto home = agents::read_home(site.machine->disk(), site.home);
    REQUIRE(home);
    REQUIRE(home->charter);
    CHECK(home->charter->federation == laid->id);
    CHECK(home->charter->body.exercise);
    CHECK(home->charter->body.members.size() == 2);
    CHECK(site.person->name() == "duty-officer");
  }
  CHECK_FALSE(laid->sites[0].machine->disk().exists(laid->sites[1].home));
}

TEST_CASE("the guard's lists are copied to the machine of the organisation") {
  Exercise exercise(nothing_happens);
  const auto laid = drill::lay_foundation(exercise.machines, exercise.scenario);
  REQUIRE(laid);
  const auto& delos = laid->sites.front();
  const auto home = agents::read_home(delos.machine->disk(), delos.home);
  REQUIRE(home);
  REQUIRE(home->config.guard.lists.size() == 1);
  CHECK(home->config.guard.lists.front().parent_path().filename() == "cloud-exercise");
  CHECK(delos.machine->disk().exists(home->config.guard.lists.front()));
}

TEST_CASE("a list that is not there is told with its organisation") {
  Exercise exercise(nothing_happens);
  exercise.scenario.orgs[1].lists = {"nowhere/list.json"};
  const auto laid = drill::lay_foundation(exercise.machines, exercise.scenario);
  REQUIRE_FALSE(laid);
  CHECK(laid.error().message.starts_with("bleu: "));
}

TEST_CASE("a drill's agent.toml quotes what the scenario says") {
  const drill::Organisation org{.id = "delos", .own = {"192.0.2.0/25", "a\"b"}};
  const auto text = drill::site_config(org, {"/lists/0/list.json"}, "10.0.0.2:7433");
  CHECK(text.find("listen = \"10.0.0.2:7433\"") != std::string::npos);
  CHECK(text.find(R"(own = ["192.0.2.0/25", "a\"b"])") != std::string::npos);
  CHECK(text.find(R"(lists = ["/lists/0/list.json"])") != std::string::npos);
  for (const auto* kind : {"syslog-tcp", "ndjson-http", "bulk", "hec", "edl", "rpz"})
    CHECK(text.find(fmt::format("kind = \"{}\"", kind)) != std::string::npos);
}
