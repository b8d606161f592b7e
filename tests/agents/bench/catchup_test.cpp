#include "agents/bench/catchup.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("a fresh agent catches up with open and with sealed indicators, and reconnects cheaply") {
  for (const auto tlp : {mesh::Tlp::green, mesh::Tlp::amber}) {
    mesh::RealWorld machine;
    machine.log().set_level(mesh::Level::warning);
    const auto out = measure_catchup(machine, 600, 3, tlp);
    REQUIRE(out);
    CHECK(tests::figure_in(*out, "seconds") > 0);
    CHECK(tests::figure_in(*out, "wire_bytes") > 50);
    CHECK(tests::figure_in(*out, "reconnect_bytes") > 500);
    CHECK(tests::figure_in(*out, "reconnect_bytes") < 4096);
  }
}
