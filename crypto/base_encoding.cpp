#include "crypto/base_encoding.hpp"

#include <sodium.h>

namespace tocsin {
namespace {

constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
  out.pop_back();
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.empty()) return Bytes{};
  Bytes out(text.size() / 2);
  std::size_t written = 0;
  const char* end = nullptr;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &written,
                     &end) != 0 ||
      end != text.data() + text.size())
    return fail(Errc::invalid, "not hexadecimal");
  return out;
}

std::string to_base32(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  unsigned held = 0, bits = 0;
  for (const auto byte : bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) out.push_back(base32_digits[(held >> (bits -= 5)) & 31]);
  }
  if (bits > 0) out.push_back(base32_digits[(held << (5 - bits)) & 31]);
  return out;
}

Result<Bytes> from_base32(std::string_view text) {
  Bytes out;
  unsigned held = 0, bits = 0;
  for (const char c : text) {
    const auto digit = base32_digits.find(c);
    if (digit == std::string_view::npos) return fail(Errc::invalid, "not lower-case base32");
    held = ((held << 5) | unsigned(digit)) & 0xfff;
    bits += 5;
    if (bits >= 8) out.push_back(std::uint8_t(held >> (bits -= 8)));
  }
  if (bits >= 5 || (held & ((1u << bits) - 1)) != 0)
    return fail(Errc::invalid, "base32 with trailing bits");
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes out(text.size() / 4 * 3 + 3);
  std::size_t written = 0;
  const char* end = nullptr;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &written,
                        &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size())
    return fail(Errc::invalid, "not base64");
  out.resize(written);
  return out;
}

}  // namespace tocsin
