#include "agents/bench/overhead.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("small batches cost more beside their records than large ones") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  const auto out = measure_overhead(machine, 20'000, 3);
  REQUIRE(out);
  const auto large = tests::figure_in(*out, "overhead_bytes_256");
  CHECK(large > -12);
  CHECK(large < 20);
  CHECK(tests::figure_in(*out, "overhead_bytes_16") > large + 10);
}
