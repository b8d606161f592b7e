// Byte strings of fixed and variable length, and the little-endian layout of all flat formats.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"

namespace tocsin {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

/// `text` seen as bytes. Lifetime: that of `text`.
inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
/// `bytes` seen as characters. Lifetime: that of `bytes`.
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Exactly N bytes, told apart from others of the same size by Tag.
template <std::size_t N, typename Tag>
struct FixedBytes {
  static constexpr std::size_t size = N;
  std::array<std::uint8_t, N> data{};

  auto operator<=>(const FixedBytes&) const = default;
  ByteView view() const { return data; }
  bool is_zero() const {
    return std::all_of(data.begin(), data.end(), [](std::uint8_t b) { return b == 0; });
  }
  /// Errors: invalid, when `from` does not hold exactly N bytes.
  static Result<FixedBytes> from(ByteView from) {
    if (from.size() != N) return fail(Errc::invalid, "{} bytes where {} belong", from.size(), N);
    FixedBytes out;
    std::copy(from.begin(), from.end(), out.data.begin());
    return out;
  }
  /// The first eight bytes as a number, for hash tables over uniformly distributed ids.
  std::uint64_t prefix() const requires(N >= 8) {
    std::uint64_t out;
    std::memcpy(&out, data.data(), sizeof out);
    return out;
  }
};

template <typename Fixed>
struct PrefixHash {
  std::size_t operator()(const Fixed& value) const { return value.prefix(); }
};

using Digest = FixedBytes<32, struct DigestTag>;          ///< BLAKE2b-256 unless said otherwise.
using FederationId = FixedBytes<32, struct FederationTag>;///< BLAKE2b-256 of the first charter's body.
using AgentId = FixedBytes<16, struct AgentTag>;          ///< First 16 bytes of BLAKE2b-256 of its signing key.
using ScopeId = FixedBytes<16, struct ScopeTag>;          ///< Random; all zero is "all members".
using PublicKey = FixedBytes<32, struct PublicKeyTag>;    ///< Ed25519 or X25519.
using SignatureBytes = FixedBytes<64, struct SignatureTag>;

/// Appends little-endian fields to a growing byte string.
class ByteWriter {
 public:
  void u8(std::uint8_t v) { out_.push_back(v); }
  void u16(std::uint16_t v) { number(v); }
  void u32(std::uint32_t v) { number(v); }
  void u64(std::uint64_t v) { number(v); }
  void raw(ByteView v) { out_.insert(out_.end(), v.begin(), v.end()); }
  template <std::size_t N, typename Tag>
  void fixed(const FixedBytes<N, Tag>& v) { raw(v.view()); }
  /// One length byte, then the text; longer than 255 is a bug of the caller.
  void text8(std::string_view v);
  /// Two length bytes, then the bytes; longer than 65,535 is a bug of the caller.
  void text16(std::string_view v);
  void blob32(ByteView v);

  const Bytes& bytes() const& { return out_; }
  Bytes take() && { return std::move(out_); }

 private:
  template <typename T>
  void number(T v) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out_.push_back(std::uint8_t(v >> (8 * i)));
  }
  Bytes out_;
};

/// Reads little-endian fields; the first read past the end makes every later one fail.
/// Lifetime: views that it returns live as long as the bytes it was given.
class ByteReader {
 public:
  explicit ByteReader(ByteView in) : in_(in) {}

  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }
  ByteView raw(std::size_t n);
  template <typename Fixed>
  Fixed fixed() {
    Fixed out;
    const auto from = raw(Fixed::size);
    if (from.size() == Fixed::size) std::copy(from.begin(), from.end(), out.data.begin());
    return out;
  }
  std::string_view text8();
  std::string_view text16();
  ByteView blob32();

  std::size_t left() const { return in_.size(); }
  bool ok() const { return ok_; }
  /// True when everything was read and nothing was missing: the only accepted end.
  bool done() const { return ok_ && in_.empty(); }

 private:
  template <typename T>
  T number() {
    const auto from = raw(sizeof(T));
    if (from.size() != sizeof(T)) return 0;
    T out = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) out = T(out | (T(from[i]) << (8 * i)));
    return out;
  }
  ByteView in_;
  bool ok_ = true;
};

}  // namespace tocsin
