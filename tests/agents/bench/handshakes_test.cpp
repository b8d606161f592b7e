#include "agents/bench/handshakes.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("handshakes are answered, and refusing a bogus one costs a part of that") {
  mesh::RealWorld machine;
  const auto out = measure_handshakes(machine, 100);
  REQUIRE(out);
  const auto answered = tests::figure_in(*out, "handshakes_per_s");
  CHECK(answered > 0);
  CHECK(tests::figure_in(*out, "bogus_per_s") > 3 * answered);
}
