#include "mesh/world/real_clock.hpp"

namespace tocsin::mesh {

RealClock::RealClock() : start_(std::chrono::steady_clock::now()) {}

Instant RealClock::now() const {
  return {
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_)};
}

WallTime RealClock::wall() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()};
}

}  // namespace tocsin::mesh
