// What changed between two vectors of heads, in as few bytes as it takes: the cost of a
// reconnection follows the number of logs that moved, not the number of logs.
#pragma once

#include <functional>
#include <span>

#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// Writes what turns one vector into another, a part at a time; both in key order. Only the first
/// head_id_bytes of an id are told. Layout: count ‖ changed entries ‖ count ‖ new entries, all numbers
/// LEB128 unless said otherwise. Changed: entries of the old one passed over ‖ (batches more << 3 |
/// flags: 1 ranges, 2 base, 4 gone) ‖ id[16] when there are more ‖ base ‖ ranges. New: log key[41] ‖
/// contiguous ‖ base ‖ id[16] when contiguous is not 0 ‖ ranges. Ranges: count ‖ (batches missing
/// before it ‖ batches in it - 1) each.
class HeadDeltaWriter {
 public:
  /// The next so many are the same in both.
  void pass(std::size_t heads) { passed_ += heads; }
  /// The next of the old one, and what stands in their place: all keys lie beyond what came before.
  void compare(std::span<const LogHead> from, std::span<const LogHead> to);
  Bytes take() &&;

 private:
  void add_new(const LogHead& head);
  ByteWriter changed_, fresh_;
  std::uint64_t changes_ = 0, news_ = 0, passed_ = 0;
};

/// What was read of such a change.
struct HeadChanges {
  struct Moved {
    std::size_t at = 0;           ///< in the old vector
    std::optional<LogHead> head;  ///< nothing: it is gone
  };
  std::vector<Moved> moved;    ///< ascending
  std::vector<LogHead> fresh;  ///< in key order; whether they are new the reader cannot tell
};
/// `heads` and `head_at`: the old vector. Errors: invalid, too_large (more than `logs_max` heads in
/// all, or head_ranges_max ranges in one).
Result<HeadChanges> read_head_delta(ByteView delta, std::size_t heads,
                                    const std::function<const LogHead&(std::size_t)>& head_at,
                                    std::size_t logs_max);

}  // namespace tocsin::mesh
