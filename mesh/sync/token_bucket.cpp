#include "mesh/sync/token_bucket.hpp"

#include <algorithm>

namespace tocsin::mesh {

double TokenBucket::tokens_at(Instant now) const {
  const auto passed = std::chrono::duration<double>(std::max(now - at_, Duration(0))).count();
  return std::min(rate_.burst, tokens_ + passed * rate_.per_s);
}

bool TokenBucket::holds(double amount, Instant now) const { return tokens_at(now) >= amount; }

bool TokenBucket::take(double amount, Instant now) {
  tokens_ = tokens_at(now);
  at_ = std::max(at_, now);
  if (tokens_ < amount) return false;
  tokens_ -= amount;
  return true;
}

}  // namespace tocsin::mesh
