#include "agents/bench/operators.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("both operators signed the charter, and know the same pair secret") {
  mesh::RealWorld machine;
  auto& world = machine.world();
  const auto now = world.clock.wall();
  const auto operators = Operators::found(world.entropy, now);
  REQUIRE(operators);
  CHECK(crypto::check_complete(operators->charter(), now));
  const auto near = operators->options(Operators::near);
  const auto far = operators->options(Operators::far);
  CHECK(near.secrets.at(0).peer_org == far.org);
  CHECK(near.secrets.at(0).current == far.secrets.at(0).current);
  CHECK(crypto::agent_id_of(far.signing.public_key()) == operators->id(Operators::far));
}
