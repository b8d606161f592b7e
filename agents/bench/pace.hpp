// When bytes that enter a link of limited rate come out at its other end. Sans-I/O.
#pragma once

#include "mesh/world/clock.hpp"

namespace tocsin::agents::bench {

/// One direction of a link, shared by all connections over it.
class Pace {
 public:
  Pace(std::uint64_t bytes_per_s, Duration one_way)
      : bytes_per_s_(bytes_per_s), one_way_(one_way) {}

  /// How long until more may enter: zero while less than `buffer` waits before the link.
  Duration wait(mesh::Instant now) const;
  /// When the last of `bytes` that enter now is at the other end.
  mesh::Instant carry(std::size_t bytes, mesh::Instant now);

  static constexpr Duration buffer = std::chrono::milliseconds(10);

 private:
  std::uint64_t bytes_per_s_;
  Duration one_way_;
  mesh::Instant busy_until_{};
};

}  // namespace tocsin::agents::bench
