#include "mesh/sync/bundle_descent.hpp"

#include <limits>

#include "mesh/sync/log_order.hpp"

namespace tocsin::mesh {

void BundleDescent::keep(const Batch& batch) {
  const auto& header = batch.header;
  const Place place{rank(header.log.log_class), header.log,
                    std::numeric_limits<std::uint64_t>::max() - header.sequence, batch.id};
  if (taken_ && place <= *taken_) return;
  if (full_from_ && place >= *full_from_) return;
  if (kept_.emplace(place, batch.encoded).second) bytes_ += batch.encoded.size();
  while (bytes_ > bytes_max_ && kept_.size() > 1) {
    const auto last = std::prev(kept_.end());
    full_from_ = last->first;
    bytes_ -= last->second.size();
    kept_.erase(last);
  }
}

std::vector<Bytes> BundleDescent::take() {
  std::vector<Bytes> out;
  if (!kept_.empty()) taken_ = kept_.rbegin()->first;
  for (auto& [place, encoded] : kept_) out.push_back(std::move(encoded));
  kept_.clear();
  more_ = full_from_.has_value();
  full_from_.reset();
  bytes_ = 0;
  return out;
}

}  // namespace tocsin::mesh
