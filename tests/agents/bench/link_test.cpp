#include "agents/bench/link.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("a catch-up over a long link is whole, and its round trip is seen") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  const auto out = measure_link(machine, 20'000, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "rtt_ms") >= 60);
  CHECK(tests::figure_in(*out, "link_use") > 0);
  CHECK(tests::figure_in(*out, "lanes") >= 1);
}
