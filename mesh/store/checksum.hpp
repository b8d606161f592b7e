// Finds bit rot in what the disk gives back, at a cost that reading does not feel. It is no
// defence against people: that is what signatures are for.
#pragma once

#include "crypto/bytes.hpp"

namespace tocsin::mesh {

/// 64 bits over `bytes`, folded from 128-bit products, 16 bytes at a time.
std::uint64_t checksum(ByteView bytes);

}  // namespace tocsin::mesh
