// What a peer has said it cannot give: asked for again only after a while, and never in the way of
// what lies behind it.
#pragma once

#include <map>
#include <vector>

#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

class AbsentRanges {
 public:
  /// In all logs together. What finds no room is asked for again at once: no more than a waste.
  static constexpr std::size_t ranges_max = 65'536;

  void add(const PullRange& range);
  /// `wanted` without what is noted here, in the same order.
  std::vector<PullRange> left_of(const std::vector<PullRange>& wanted) const;
  void clear();
  bool empty() const { return count_ == 0; }

 private:
  std::map<LogKey, std::vector<SequenceRange>> logs_;  ///< ascending, apart
  std::size_t count_ = 0;
};

/// Adds `range` to ascending ranges that stay apart and do not touch.
void merge(std::vector<SequenceRange>& ranges, SequenceRange range);

}  // namespace tocsin::mesh
