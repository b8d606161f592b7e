#include "mesh/sync/absent_ranges.hpp"

#include <algorithm>

#include "mesh/sync/head_table.hpp"

namespace tocsin::mesh {

void merge(std::vector<SequenceRange>& ranges, SequenceRange range) {
  const auto first = std::lower_bound(
      ranges.begin(), ranges.end(), range.first,
      [](const SequenceRange& r, std::uint64_t s) { return r.last + 1 < s; });
  auto last = first;
  for (; last != ranges.end() && last->first <= range.last + 1; ++last) {
    range.first = std::min(range.first, last->first);
    range.last = std::max(range.last, last->last);
  }
  ranges.insert(ranges.erase(first, last), range);
}

void AbsentRanges::add(const PullRange& range) {
  if (range.range.first == 0 || range.range.last > batch_sequence_max) return;
  if (count_ >= ranges_max) return;
  auto& ranges = logs_[range.key];
  count_ -= ranges.size();
  merge(ranges, range.range);
  count_ += ranges.size();
}

std::vector<PullRange> AbsentRanges::left_of(const std::vector<PullRange>& wanted) const {
  std::vector<PullRange> out;
  for (const auto& want : wanted) {
    const auto at = logs_.find(want.key);
    if (at == logs_.end()) {
      out.push_back(want);
      continue;
    }
    for (const auto& range : subtract(want.range, at->second)) out.push_back({want.key, range});
  }
  return out;
}

void AbsentRanges::clear() {
  logs_.clear();
  count_ = 0;
}

}  // namespace tocsin::mesh
