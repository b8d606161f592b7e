// Unpacks compressed request bodies without letting a small body become a large one.
#pragma once

#include "crypto/bytes.hpp"

namespace tocsin::agents {

/// The content of a gzip (RFC 1952, also several members) or zlib stream. Errors: too_large
/// (over `bytes_max`), invalid (damaged, truncated, or followed by something else).
Result<Bytes> unpack_gzip(ByteView packed, std::size_t bytes_max);

}  // namespace tocsin::agents
