#include "agents/bench/station.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("a station publishes into a store of its own, and may be moved") {
  mesh::RealWorld machine;
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  REQUIRE(operators);
  auto opened = Station::open(world, operators->options(Operators::near));
  REQUIRE(opened);
  const Station station = std::move(*opened);
  CHECK_FALSE(station.node().listening().empty());
  CHECK(station.node().agent_id() == operators->id(Operators::near));
}

TEST_CASE("a station that cannot be opened says why") {
  mesh::RealWorld machine;
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  REQUIRE(operators);
  auto options = operators->options(Operators::near);
  options.listen = "nowhere";
  const auto opened = Station::open(world, std::move(options));
  REQUIRE_FALSE(opened);
  CHECK_FALSE(opened.error().message.empty());
}
