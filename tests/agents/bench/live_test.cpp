#include "agents/bench/live.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/agents/bench/tocsin_program.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("what one agent process is told matches at the other, after it was told") {
  mesh::RealWorld machine;
  const auto out = measure_live(machine, 5, 3, tests::tocsin_program(machine));
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "indicators") == 5);
  CHECK(tests::figure_in(*out, "p50_ms") > 0);
  CHECK(tests::figure_in(*out, "p99_ms") >= tests::figure_in(*out, "p50_ms"));
}
