#include "mesh/sync/expiry_count.hpp"

namespace tocsin::mesh {

std::uint64_t ExpiryCount::bucket(std::uint32_t expires_s) const {
  return (std::uint64_t(expires_s) + grain_ - 1) / grain_ * grain_;
}

void ExpiryCount::add(std::uint32_t expires_s) {
  ++counts_[bucket(expires_s)];
  ++active_;
  while (counts_.size() > buckets_max) coarsen();
}

void ExpiryCount::coarsen() {
  grain_ *= 2;
  std::map<std::uint64_t, std::uint64_t> coarser;
  for (const auto& [second, count] : counts_)
    coarser[(second + grain_ - 1) / grain_ * grain_] += count;
  counts_ = std::move(coarser);
}

void ExpiryCount::remove(std::uint32_t expires_s) {
  const auto at = counts_.find(bucket(expires_s));
  if (at == counts_.end()) return;
  --active_;
  if (--at->second == 0) counts_.erase(at);
}

std::uint64_t ExpiryCount::active(WallTime now) {
  while (!counts_.empty() && std::int64_t(counts_.begin()->first) * 1000 <= now.ms) {
    active_ -= counts_.begin()->second;
    counts_.erase(counts_.begin());
  }
  return active_;
}

}  // namespace tocsin::mesh
