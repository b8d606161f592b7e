#include "agents/bench/latency.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("every urgent indicator arrives in order, after it was sent") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  const auto out = measure_latency(machine, 100, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "p50_ms") > 0);
  CHECK(tests::figure_in(*out, "p99_ms") >= tests::figure_in(*out, "p50_ms"));
}
