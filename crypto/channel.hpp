// The encrypted transport after a handshake: one AEAD per direction with a counter as nonce, and
// a new key after every 1,000 messages.
#pragma once

#include <memory>

#include "crypto/bytes.hpp"

namespace tocsin::crypto {

inline constexpr std::size_t channel_overhead = 16;
inline constexpr std::size_t channel_message_max = 65535;  ///< ciphertext. Source: Noise §3
inline constexpr std::uint64_t rekey_every = 1000;

/// Both directions of a channel. Any failed open() ends it: the keys are wiped, every later open()
/// fails, and seal() adds nothing.
class Channel {
 public:
  using Key = std::array<std::uint8_t, 32>;
  Channel(const Key& send, const Key& receive, const Digest& handshake_hash);
  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) noexcept;
  Channel(const Channel&) = delete;
  ~Channel();

  /// Appends the ciphertext of `plaintext` (at most channel_message_max - overhead) to `out`.
  void seal(ByteView plaintext, Bytes& out);
  /// Replaces `out` with the plaintext. Errors: unauthenticated (also replay, reorder, gap).
  Result<void> open(ByteView ciphertext, Bytes& out);
  const Digest& handshake_hash() const { return hash_; }
  bool broken() const { return broken_; }

 private:
  struct Direction { Key key{}; std::uint64_t counter = 0; };
  static void step(Direction& direction);
  void end();
  Direction send_, receive_;
  Digest hash_;
  bool broken_ = false;
};

}  // namespace tocsin::crypto
