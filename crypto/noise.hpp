// The Noise protocol framework over Curve25519 and ChaCha20-Poly1305, as far as the
// patterns here need it. Sans-I/O. Source: The Noise Protocol Framework, revision 34.
#pragma once

#include "crypto/noise_symmetric.hpp"
#include "crypto/signature.hpp"

namespace tocsin::crypto::noise {

struct Options {
  std::string_view pattern;  ///< "N", "X", "IK", "IKpsk2", "XX" or "XXpsk3"
  Hash hash = Hash::sha256;
  bool initiator = false;
  ByteView prologue;
  const ExchangeKey* own =
      nullptr;  ///< Lifetime: outlives the handshake. None for N's initiator.
  std::optional<PublicKey> remote;  ///< the responder's, where the pattern wants it known
  std::optional<Key> psk;
};

/// One side of a handshake. After an error it is of no further use. Source: §5.3.
class Handshake {
 public:
  /// Errors: unsupported (pattern), usage (a key that the pattern needs is not given).
  static Result<Handshake> make(const Options& options);
  Handshake(Handshake&&) noexcept;
  Handshake& operator=(Handshake&&) noexcept;
  ~Handshake();

  /// Appends the next message. Errors: usage (not our turn), unauthenticated (low-order
  /// key).
  Result<void> write(ByteView payload, Bytes& out, Entropy& entropy);
  /// The payload of the next message. Errors: usage (not our turn), invalid (too short),
  /// unauthenticated.
  Result<Bytes> read(ByteView message);

  bool finished() const;
  /// The peer's static key, once it is known.
  const std::optional<PublicKey>& remote() const { return remote_; }
  ByteView hash() const { return symmetric_.hash(); }
  /// Keys of the initiator's and of the responder's direction; only when finished.
  std::pair<Key, Key> split() const;

 private:
  struct Pattern;
  enum class Token : std::uint8_t { e, s, ee, es, se, ss, psk };
  static const Pattern* pattern_named(std::string_view name);
  Handshake(const Pattern& pattern, const Options& options);
  Result<void> write_token(Token token, Bytes& out, Entropy& entropy);
  Result<void> read_token(Token token, ByteView& left);
  void mix_ephemeral(const PublicKey& key);
  Result<void> mix_shared(Token token);

  const Pattern* pattern_;
  SymmetricState symmetric_;
  bool initiator_;
  const ExchangeKey* own_;
  std::optional<ExchangeKey> ephemeral_;
  std::optional<PublicKey> remote_, remote_ephemeral_;
  std::optional<Key> psk_;
  std::size_t next_ = 0;
};

}  // namespace tocsin::crypto::noise
