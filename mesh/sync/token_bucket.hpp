// How much of something may happen: a rate over time, and a burst at once.
#pragma once

#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// Sans I/O. Full at first.
class TokenBucket {
 public:
  struct Rate {
    double per_s = 0;
    double burst = 0;
  };
  explicit TokenBucket(Rate rate) : rate_(rate), tokens_(rate.burst) {}

  /// True, and `amount` is spent, when there is that much. `now` never goes back.
  bool take(double amount, Instant now);
  /// The same without spending.
  bool holds(double amount, Instant now) const;
  /// True when nothing was spent of late: forgetting it changes nothing.
  bool full(Instant now) const { return holds(rate_.burst, now); }

 private:
  double tokens_at(Instant now) const;

  Rate rate_;
  double tokens_;
  Instant at_{};
};

}  // namespace tocsin::mesh
