// A batch of open indicators without what its receiver can tell anyway, for the way between two
// agents: about 13 bytes less per indicator. What comes out is the batch that went in, byte by byte,
// so that root and signature say whether it was the author's.
#pragma once

#include <optional>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// class[1] ‖ record count[2] ‖ agent[16] ‖ epoch[8] ‖ sequence[8] ‖ time ms[8] ‖ previous[32] ‖
/// root[32] ‖ signature[64] ‖ secret[32] ‖ records, each without its length and its author
inline constexpr std::size_t packed_front_bytes = 203;

/// Nothing for a batch that is sealed, holds other records than indicators, or is not of the one
/// form that packing keeps: it goes as it is.
std::optional<Bytes> pack_batch(ByteView encoded);
/// Errors: invalid, too_large (it would be over batch_bytes_max).
Result<Bytes> unpack_batch(ByteView packed);

}  // namespace tocsin::mesh
