#include "crypto/text.hpp"

#include <algorithm>
#include <cstdint>

namespace tocsin {
namespace {

constexpr std::string_view utf16 = "UTF-16 text";

/// Length of the well-formed UTF-8 sequence at the front; 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? unsigned(std::uint8_t(text[i])) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80, high = first == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80, high = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_well_formed(std::string_view text) {
  while (!text.empty()) {
    const auto length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view foreign_content(std::string_view beginning) {
  struct Mark {
    std::string_view bytes, content;
  };
  using namespace std::string_view_literals;
  static constexpr Mark marks[] = {
      {"\xff\xfe"sv, utf16},         {"\xfe\xff"sv, utf16},
      {"\x89PNG"sv, "a PNG picture"}, {"\xff\xd8\xff"sv, "a JPEG picture"},
      {"GIF8"sv, "a GIF picture"},    {"%PDF-"sv, "a PDF document"},
      {"PK\x03\x04"sv, "a ZIP archive"}, {"\x1f\x8b"sv, "gzip data"},
      {"\x28\xb5\x2f\xfd"sv, "zstd data"}, {"\xfd" "7zXZ"sv, "xz data"}};
  for (const auto& mark : marks)
    if (beginning.starts_with(mark.bytes)) return mark.content;
  constexpr std::size_t nuls_per = 16;  // UTF-16 without a mark has one in two bytes
  const auto nuls = std::size_t(std::count(beginning.begin(), beginning.end(), '\0'));
  return nuls > 0 && nuls >= beginning.size() / nuls_per ? "binary data or UTF-16 text" : "";
}

std::string_view foreign_remedy(std::string_view content) {
  if (content == utf16) return "save it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE";
  if (content.ends_with(" data") || content.ends_with("archive")) return "unpack it first";
  return "give a file of UTF-8 text";
}

std::string well_formed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = sequence_length(text);
    if (length == 0) out += "\xef\xbf\xbd";
    else out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace tocsin
