// Hex, base32 and base64, because ids, keys and documents are read by people and JSON.
#pragma once

#include "crypto/bytes.hpp"

namespace tocsin {

std::string to_hex(ByteView bytes);
/// Errors: invalid, for an odd length or a character that is no hex digit (either case).
Result<Bytes> from_hex(std::string_view text);

/// Lower-case RFC 4648 base32 without padding: the form of every id that people type.
std::string to_base32(ByteView bytes);
/// Errors: invalid, for foreign characters, upper case or non-zero trailing bits.
Result<Bytes> from_base32(std::string_view text);

/// RFC 4648 base64 with padding.
std::string to_base64(ByteView bytes);
/// Errors: invalid, for anything that to_base64 would not have written.
Result<Bytes> from_base64(std::string_view text);

template <std::size_t N, typename Tag>
std::string to_base32(const FixedBytes<N, Tag>& id) { return to_base32(id.view()); }

}  // namespace tocsin
