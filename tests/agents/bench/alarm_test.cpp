#include "agents/bench/alarm.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("every alarm that was given during a catch-up arrives") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  const auto out = measure_alarm(machine, 20'000, 3);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "alarms") >= 1);
  CHECK(tests::figure_in(*out, "p50_ms") > 0);
  CHECK(tests::figure_in(*out, "p99_ms") >= tests::figure_in(*out, "p50_ms"));
}
