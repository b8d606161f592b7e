#include "agents/bench/ingest.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("what is taken in is in the store and found, also in a last small batch") {
  mesh::RealWorld machine;
  const auto out = measure_ingest(machine, 700, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "indicators_per_s") > 0);
  CHECK(tests::figure_in(*out, "record_bytes_max") <= 126);
}
