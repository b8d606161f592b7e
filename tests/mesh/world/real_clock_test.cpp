#include "mesh/world/real_clock.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE(
    "the machine's clock never runs backwards and its calendar is past this code's "
    "writing") {
  const RealClock clock;
  const auto first = clock.now();
  const auto second = clock.now();
  CHECK(first.since_start >= Duration(0));
  CHECK(first <= second);
  CHECK(to_rfc3339(clock.wall()) > "2024");
  CHECK(to_rfc3339(clock.wall()) < "2200");
}
