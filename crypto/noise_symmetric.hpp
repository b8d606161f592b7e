// What every Noise message runs through: the cipher with its counter, the hash, and the
// chaining key. Source: The Noise Protocol Framework, revision 34, sections 4 and 5.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"

namespace tocsin::crypto::noise {

using Key = std::array<std::uint8_t, 32>;
inline constexpr std::size_t tag_bytes = 16;
inline constexpr std::size_t message_max = 65535;

/// Appends the ciphertext of `plaintext`, tag last. Source: §4.2, nonce of §12.3.
void encrypt(const Key& key, std::uint64_t nonce, ByteView ad, ByteView plaintext,
             Bytes& out);
/// Replaces `out`. Errors: unauthenticated.
Result<void> decrypt(const Key& key, std::uint64_t nonce, ByteView ad,
                     ByteView ciphertext, Bytes& out);
/// The key that follows `key`. Source: §4.2, REKEY.
Key rekey(const Key& key);

enum class Hash { sha256, blake2b };

/// HMAC over the hash. Source: RFC 2104.
Bytes hmac(Hash hash, ByteView key, std::initializer_list<ByteView> parts);

/// The chaining key, the handshake hash and the handshake cipher. Source: §5.2.
class SymmetricState {
 public:
  SymmetricState(Hash hash, std::string_view protocol_name);
  SymmetricState(SymmetricState&&) = default;
  SymmetricState& operator=(SymmetricState&&) = default;
  ~SymmetricState();

  void mix_key(ByteView input);
  void mix_hash(ByteView data);
  void mix_key_and_hash(ByteView input);
  /// Appends; plain while there is no key yet.
  void encrypt_and_hash(ByteView plaintext, Bytes& out);
  /// Errors: unauthenticated.
  Result<Bytes> decrypt_and_hash(ByteView ciphertext);
  bool has_key() const { return key_.has_value(); }
  ByteView hash() const { return hash_; }
  std::pair<Key, Key> split() const;

 private:
  std::array<Bytes, 3> derive(ByteView input) const;
  void set_key(ByteView from);

  Hash kind_;
  Bytes chaining_key_, hash_;
  std::optional<Key> key_;
  std::uint64_t nonce_ = 0;
};

}  // namespace tocsin::crypto::noise
