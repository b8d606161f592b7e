// How a batch and its place lie in LMDB, and the check that what is read is what was written.
#pragma once

#include "mesh/store/medium.hpp"

namespace tocsin::mesh {

inline constexpr std::size_t batch_key_bytes = log_key_bytes + 8;
using BatchKey = std::array<std::uint8_t, batch_key_bytes>;
BatchKey batch_key(const LogKey& log, std::uint64_t sequence);
/// Errors: corrupt.
Result<std::pair<LogKey, std::uint64_t>> read_batch_key(ByteView key);

inline constexpr std::size_t place_key_bytes = 16;
using PlaceKey = std::array<std::uint8_t, place_key_bytes>;
PlaceKey place_key(Place place);
/// Errors: corrupt.
Result<Place> read_place_key(ByteView key);

/// The value in `order`: batch key ‖ readable[2].
Bytes order_value(const PlacedBatch& placed);
/// A placed batch without its bytes. Errors: corrupt.
Result<PlacedBatch> read_order_entry(ByteView key, ByteView value);

inline constexpr std::size_t batch_front_bytes = 32;
/// Fills `out`, of batch_front_bytes + encoded size, with the value in `batches`.
void write_batch_value(const PlacedBatch& placed, MutableByteView out);
/// Errors: corrupt, naming log and sequence, when the bytes or their header do not fit.
Result<PlacedBatch> read_batch_value(const LogKey& log, std::uint64_t sequence, ByteView value);

}  // namespace tocsin::mesh
