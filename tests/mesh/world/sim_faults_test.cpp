#include "mesh/world/sim_faults.hpp"

#include <set>

#include "tests/catch.hpp"

using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("faults follow from the seed, differ between seeds and stay survivable") {
  CHECK(SimFaults::drawn(3).link.delay == SimFaults::drawn(3).link.delay);
  std::set<tocsin::Duration> delays;
  bool lossless = false, lossy = false;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto faults = SimFaults::drawn(seed);
    delays.insert(faults.link.delay);
    lossless = lossless || faults.link.stall == 0;
    lossy = lossy || faults.link.stall > 0;
    CHECK(faults.link.delay + faults.link.jitter <= 120ms);
    CHECK(faults.link.stall < 0.02);
    CHECK(faults.link.reset < 0.001);
    CHECK(faults.work_min <= faults.work_max);
  }
  CHECK(delays.size() > 90);
  CHECK((lossless && lossy));
}
