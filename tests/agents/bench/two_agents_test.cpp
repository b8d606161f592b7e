#include "agents/bench/two_agents.hpp"

#include "tests/agents/bench/tocsin_program.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

namespace {

using Started = Result<std::unique_ptr<TwoAgents>>;

Started start(mesh::RealWorld& machine, mesh::Path program) {
  machine.log().set_level(mesh::Level::warning);
  return machine.complete(TwoAgents::start(machine.world(), std::move(program)));
}

}  // namespace

TEST_CASE("two agents are linked, obey commands, and leave nothing behind") {
  mesh::RealWorld machine;
  mesh::Path home;
  {
    const auto agents = start(machine, tests::tocsin_program(machine));
    REQUIRE(agents);
    home = (*agents)->home(TwoAgents::bleu);
    CHECK(machine.world().disk.exists(home));
    const auto status = machine.complete((*agents)->order(TwoAgents::bleu, {"agent", "status"}));
    REQUIRE(status);
    CHECK(status->at("org") == "bleu");
    CHECK(status->at("peers") == 1);
    const auto refused = machine.complete((*agents)->order(TwoAgents::delos, {"coffee"}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("coffee") != std::string::npos);
  }
  CHECK_FALSE(machine.world().disk.exists(home));
}

TEST_CASE("a program that is not tocsin is an error that names what it was asked") {
  mesh::RealWorld machine;
  const auto agents = start(machine, "/bin/false");
  REQUIRE_FALSE(agents);
  CHECK(agents.error().message.find("init") != std::string::npos);
}
