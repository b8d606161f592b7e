#include "agents/bench/memory.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("the memory of a small agent is more than nothing") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  const auto out = measure_memory(machine, 500, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "anonymous_bytes") > 500 * tests::figure_in(*out, "index_bytes"));
  CHECK(tests::figure_in(*out, "mapped_bytes") > 0);
  CHECK(tests::figure_in(*out, "peak_ratio") > 0.5);
  CHECK(tests::figure_in(*out, "index_bytes") > 8);
}
