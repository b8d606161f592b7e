#include "agents/bench/pace.hpp"

namespace tocsin::agents::bench {

Duration Pace::wait(mesh::Instant now) const {
  return std::max(busy_until_ - now - buffer, Duration(0));
}

mesh::Instant Pace::carry(std::size_t bytes, mesh::Instant now) {
  const auto takes = std::chrono::duration<double>(double(bytes) / double(bytes_per_s_));
  busy_until_ = std::max(busy_until_, now) + std::chrono::duration_cast<Duration>(takes);
  return busy_until_ + one_way_;
}

}  // namespace tocsin::agents::bench
