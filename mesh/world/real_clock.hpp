// The clock of this machine.
#pragma once

#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

class RealClock final : public Clock {
 public:
  RealClock();
  /// Since this object was made.
  Instant now() const override;
  WallTime wall() const override;

 private:
  std::chrono::steady_clock::time_point start_;
};

}  // namespace tocsin::mesh
