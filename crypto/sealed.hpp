// Encryption for those who are named: symmetric payloads under a scope key, keys wrapped for a
// recipient, and both with key commitment.
#pragma once

#include "crypto/signature.hpp"

namespace tocsin::crypto {

using SecretKey = FixedBytes<32, struct SecretKeyTag>;

inline constexpr std::size_t sealed_overhead = 24 + 32 + 16;  ///< nonce, commitment, tag

/// nonce[24] ‖ commitment[32] ‖ ciphertext ‖ tag[16]; XChaCha20-Poly1305 with `ad` bound, both
/// the cipher key and the commitment derived from `key` and nonce, so one ciphertext opens under
/// one key only.
Bytes seal(const SecretKey& key, ByteView ad, ByteView plaintext, Entropy& entropy);
/// Errors: unauthenticated (wrong key, wrong `ad`, altered), invalid (too short).
Result<Bytes> open(const SecretKey& key, ByteView ad, ByteView sealed);

inline constexpr std::size_t wrap_overhead = 32 + sealed_overhead;  ///< ephemeral key in front

/// `plaintext` for the holder of `recipient`: ephemeral X25519, then seal() under a key from
/// BLAKE2b(shared ‖ ephemeral ‖ recipient).
Bytes wrap(const PublicKey& recipient, ByteView ad, ByteView plaintext, Entropy& entropy);
/// Errors: as open().
Result<Bytes> unwrap(const ExchangeKey& recipient, ByteView ad, ByteView wrapped);

}  // namespace tocsin::crypto
