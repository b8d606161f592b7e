#include "agents/bench/pace.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;
using namespace std::chrono_literals;

TEST_CASE("bytes are at the other end after their turn and the way") {
  Pace pace(1000, 30ms);
  CHECK(pace.carry(100, {}) == mesh::Instant{130ms});
  CHECK(pace.carry(100, {}) == mesh::Instant{230ms});
  CHECK(pace.carry(100, {1s}) == mesh::Instant{1s + 130ms});
}

TEST_CASE("only so much waits before the link, and no time is lost") {
  Pace pace(1000, 30ms);
  CHECK(pace.wait({}) == 0ms);
  pace.carry(100, {});
  CHECK(pace.wait({}) == 100ms - Pace::buffer);
  CHECK(pace.wait({100ms - Pace::buffer}) == 0ms);
  CHECK(pace.carry(100, {100ms - Pace::buffer}) == mesh::Instant{230ms});
}
