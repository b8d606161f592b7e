#include "agents/bench/reconcile.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("two agents that were apart tell one another only what moved") {
  mesh::RealWorld machine;
  const auto out = measure_reconcile(machine, 2'000, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "bytes_per_log") <= 24);
  CHECK(tests::figure_in(*out, "nothing_new_bytes") <= 200);
  CHECK(tests::figure_in(*out, "bytes_10") < tests::figure_in(*out, "bytes_all"));
  CHECK(tests::figure_in(*out, "bytes_all") < tests::figure_in(*out, "first_meeting_bytes"));
  CHECK(tests::figure_in(*out, "round_trips") <= 1);
}
