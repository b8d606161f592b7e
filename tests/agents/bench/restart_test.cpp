#include "agents/bench/restart.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("an agent comes back from its disk with the state that it went down with") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  const auto out = measure_restart(machine, 5'000, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "seconds") > 0);
  CHECK(tests::figure_in(*out, "store_bytes") > 5'000 * 50);
}
