// What changed between two vectors of heads, in as few bytes as it takes: the cost of a
// reconnection follows the number of logs that moved, not the number of logs.
#pragma once

#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// What turns `from` into `to`; both in key order. Only the first head_id_bytes of an id are told.
/// Layout: count ‖ changed entries ‖ count ‖ new entries, all numbers LEB128 unless said otherwise.
/// Changed: entries of `from` passed over ‖ (batches more << 3 | flags: 1 ranges, 2 base, 4 gone) ‖
/// id[16] when there are more ‖ base ‖ ranges. New: log key[41] ‖ contiguous ‖ base ‖ id[16] when
/// contiguous is not 0 ‖ ranges. Ranges: count ‖ (batches missing before it ‖ batches in it - 1) each.
Bytes encode_head_delta(const std::vector<LogHead>& from, const std::vector<LogHead>& to);

/// Errors: invalid, too_large (more than `logs_max` heads, or head_ranges_max ranges in one).
Result<std::vector<LogHead>> apply_head_delta(const std::vector<LogHead>& from, ByteView delta,
                                              std::size_t logs_max);

}  // namespace tocsin::mesh
