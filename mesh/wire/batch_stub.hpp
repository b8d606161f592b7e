// What is left of a batch whose payload was dropped: enough for the chain of its log to verify.
#pragma once

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Reads header ‖ signature. The batch has no payload, so nothing but its signature, its id and
/// its place in the chain can be checked. Errors: invalid.
Result<Batch> parse_stub(ByteView prefix);
/// Reads what a store keeps: a whole batch as parse_batch, or a stub. Errors: invalid, too_large.
Result<Batch> parse_kept(ByteView encoded);
inline bool is_stub(const Batch& batch) { return batch.encoded.size() == batch_prefix_bytes; }

}  // namespace tocsin::mesh
