#include "mesh/wire/record.hpp"

namespace tocsin::mesh {
namespace {

bool is_plain_ascii(ByteView text) {
  bool plain = true;
  for (const auto c : text) plain = plain & (c >= 0x20) & (c < 0x7f);
  return plain;
}

// Bytes of the well-formed multi-byte character at the front; 0 when there is none.
// Source: Unicode 15, table 3-7.
std::size_t wide_character(ByteView text) {
  const auto c = text[0];
  const std::size_t bytes = c >= 0xc2 && c <= 0xdf   ? 2
                            : c >= 0xe0 && c <= 0xef ? 3
                            : c >= 0xf0 && c <= 0xf4 ? 4
                                                     : 0;
  if (bytes == 0 || bytes > text.size()) return 0;
  for (std::size_t i = 1; i < bytes; ++i)
    if ((text[i] & 0xc0) != 0x80) return 0;
  const auto second = text[1];
  if (c == 0xc2 && second < 0xa0) return 0;  // C1 control characters
  if (c == 0xe0 && second < 0xa0) return 0;  // overlong
  if (c == 0xed && second > 0x9f) return 0;  // surrogates
  if (c == 0xf0 && second < 0x90) return 0;  // overlong
  if (c == 0xf4 && second > 0x8f) return 0;  // beyond U+10FFFF
  return bytes;
}

}  // namespace

bool is_clean_text(ByteView text, LineBreaks breaks) {
  if (is_plain_ascii(text)) return true;
  while (!text.empty()) {
    const auto c = text[0];
    std::size_t bytes = 1;
    if (c >= 0x80) {
      bytes = wide_character(text);
      if (bytes == 0) return false;
    } else if (c < 0x20 || c == 0x7f) {
      if (breaks == LineBreaks::refused || (c != '\n' && c != '\t')) return false;
    }
    text = text.subspan(bytes);
  }
  return true;
}

}  // namespace tocsin::mesh
