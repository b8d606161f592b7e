#include "agents/bench/load.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("the load is signed in batches that verify and open") {
  mesh::RealWorld machine;
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  REQUIRE(operators);
  const auto indicators = make_indicators(300, 9);
  const auto load = sign_all(indicators, *operators, world);
  REQUIRE(load);
  REQUIRE(load->batches.size() == 2);
  const auto batch = mesh::parse_batch(load->batches[1]);
  REQUIRE(batch);
  const auto opened = mesh::open_batch(*batch, nullptr);
  REQUIRE(opened);
  CHECK(opened->records.size() == 300 - batch_records);
  CHECK(mesh::indicator_key(opened->records[0]).value == indicators[batch_records].value);
}
