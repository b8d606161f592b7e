// The opening of a channel: Noise IKpsk2 with certificates in both messages and a MAC in front
// that only members can make. Sans-I/O. Byte layout: docs/handshake.md.
#pragma once

#include <functional>
#include <memory>

#include "crypto/channel.hpp"
#include "crypto/identity.hpp"
#include "crypto/sealed.hpp"

namespace tocsin::crypto {

/// The secret of a pair of organisations; the initiator uses `current`, a responder takes both.
struct PairSecrets {
  std::string peer_org;
  SecretKey current;
  std::optional<SecretKey> next;
};

struct OwnIdentity {
  const ExchangeKey& channel;  ///< Lifetime: outlives the handshake.
  Certificate certificate;
  FederationId federation;
};

/// What the initiator says first: sealed in message 1.
struct Greeting {
  WallTime timestamp;    ///< must grow per initiator; committed on its first transport message
  std::uint8_t purpose;  ///< 0 live, 1 to 4 bulk
};

/// Checks a peer's certificate bytes: root, federation, validity, revocation. That the channel key
/// in it is the one that spoke is checked here.
using CheckCertificate = std::function<Result<Certificate>(ByteView encoded)>;

/// The initiator's half: make() → message 1 → finish(message 2).
class Initiator {
 public:
  struct Options {
    OwnIdentity own;
    PublicKey responder_channel;
    SecretKey psk;
    Greeting greeting;
  };
  /// Errors: invalid (our certificate is not for our channel key), unauthenticated (the dialled
  /// key has low order).
  static Result<Initiator> make(Options options, Entropy& entropy);
  const Bytes& message1() const;
  struct Outcome { Channel channel; Certificate peer; };
  /// Once: whatever comes first decides. Errors: unauthenticated, invalid, refused (also: the
  /// certificate is for another channel key than the one dialled), and those of `check`.
  Result<Outcome> finish(ByteView message2, const CheckCertificate& check);
  Initiator(Initiator&&) noexcept;
  Initiator& operator=(Initiator&&) noexcept;
  ~Initiator();

 private:
  struct State;
  explicit Initiator(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The responder's half. Nothing of it changes state outside: the caller commits `greeting` once
/// the first transport message of the initiator opens.
struct Answer {
  Bytes message2;
  Channel channel;
  Certificate peer;
  Greeting greeting;
  bool with_next = false;  ///< message 1 was made with the next secret of the pair
};
/// Tries the MAC under each pair secret before any Diffie-Hellman. Errors: unauthenticated (no
/// MAC fits, or a tag fails: say nothing, close), invalid, refused (also: the certificate is for
/// another key, or not of the organisation whose pair secret made the MAC), and those of `check`.
Result<Answer> respond(const OwnIdentity& own, std::span<const PairSecrets> secrets,
                       ByteView message1, const CheckCertificate& check, Entropy& entropy);

inline constexpr std::size_t handshake_message_max = 1024;
inline constexpr std::uint8_t handshake_version = 1;
/// The shortest message 1 can be: version, ephemeral, sealed static, sealed empty payload, MAC.
inline constexpr std::size_t handshake_message_min = 1 + 32 + 48 + 16 + 32;

}  // namespace tocsin::crypto
