#include "mesh/world/sim_faults.hpp"

namespace tocsin::mesh {

SimFaults SimFaults::drawn(std::uint64_t seed) {
  using namespace std::chrono_literals;
  SimChance chance(mix(seed, 0xfa17));
  SimFaults out;
  out.link.delay = chance.between(100us, 40ms);
  out.link.jitter = chance.between(0us, 80ms);
  out.link.stall = chance.happens(0.5) ? double(chance.below(20)) / 1000 : 0;
  out.link.reset = chance.happens(0.5) ? double(chance.below(10)) / 10000 : 0;
  out.link.datagram_loss = double(chance.below(100)) / 1000;
  out.skew_max = chance.between(0s, 30s);
  out.work_max = chance.between(100us, 20ms);
  out.keep_unsynced = chance.happens(0.5);
  return out;
}

}  // namespace tocsin::mesh
