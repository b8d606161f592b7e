// What goes wrong in a simulated universe, and how often.
#pragma once

#include "mesh/world/sim_chance.hpp"

namespace tocsin::mesh {

/// One direction between two machines.
struct SimLink {
  Duration delay = std::chrono::milliseconds(2);
  /// Added to the delay, from nothing to this: streams overtake one another, bytes of one
  /// never.
  Duration jitter = std::chrono::milliseconds(1);
  double stall = 0;          ///< per segment: lost and sent again 0.2 to 1.2 s later
  double reset = 0;          ///< per segment: the connection is reset on both sides
  double datagram_loss = 0;  ///< per datagram
};

struct SimFaults {
  SimLink link;
  Duration skew_max{};  ///< wall clocks are up to this much off, either way
  Duration work_min = std::chrono::microseconds(50);  ///< of a worker's job
  Duration work_max = std::chrono::microseconds(500);
  bool keep_unsynced =
      false;  ///< a power cut leaves a part of what was not synced, maybe zeroed

  /// Settings that differ from seed to seed: slow and fast links, few and many faults.
  static SimFaults drawn(std::uint64_t seed);
};

}  // namespace tocsin::mesh
