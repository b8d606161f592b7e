// Signatures over label[16] ‖ federation_id[32] ‖ BLAKE2b-256(body): what is signed for one
// purpose, or in one federation, is worthless in another.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/entropy.hpp"

namespace tocsin::crypto {

/// One per kind of thing signed. Never reuse or renumber; the label bytes are in wire-format.md.
enum class Label {
  card,         ///< organisation card, by its root, under the zero federation id
  charter,      ///< charter body, by a member's root, under the zero id for the first version
  certificate,  ///< agent or analyst certificate, by the organisation root
  batch,        ///< batch header, by an agent
  approval,     ///< approval, rejection, pre-authorisation, by an analyst
  order,        ///< any other order of a person: release, abort, done, freeze, retract
  revocation,   ///< by an organisation root
  witness,      ///< heads of a partner's log, by an agent
  bundle,       ///< air-gap bundle, by an agent
  possession,   ///< who holds a key, by that key itself, under the zero federation id
};

/// The 16 ASCII bytes of a label.
std::string_view text_of_label(Label label);

/// Ed25519 key pair; the secret is wiped on destruction.
class SigningKey {
 public:
  static SigningKey make(Entropy& entropy);
  /// Errors: invalid, unless 32 bytes of seed.
  static Result<SigningKey> from_seed(ByteView seed);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  SigningKey(const SigningKey&) = delete;
  ~SigningKey();

  const PublicKey& public_key() const { return public_; }
  ByteView seed() const;
  SignatureBytes sign(Label label, const FederationId& federation, ByteView body) const;

 private:
  SigningKey() = default;
  PublicKey public_;
  std::array<std::uint8_t, 64> secret_{};
};

/// True when `signature` is that of `key` over `body` for this purpose and federation. Refuses
/// keys and points of small order and non-canonical encodings.
bool verify(Label label, const FederationId& federation, ByteView body, const PublicKey& key,
            const SignatureBytes& signature);

/// The Ed25519 rule by itself, without label and federation: for test vectors and for signatures
/// of foreign formats. Which signatures it takes: docs/decisions/0001-ed25519-rule.md.
bool verify_bare(ByteView message, const PublicKey& key, const SignatureBytes& signature);

/// X25519 key pair (channel or sealing); the secret is wiped on destruction.
class ExchangeKey {
 public:
  static ExchangeKey make(Entropy& entropy);
  static Result<ExchangeKey> from_secret(ByteView secret);
  ExchangeKey(ExchangeKey&&) noexcept;
  ExchangeKey& operator=(ExchangeKey&&) noexcept;
  ExchangeKey(const ExchangeKey&) = delete;
  ~ExchangeKey();

  const PublicKey& public_key() const { return public_; }
  ByteView secret() const { return secret_; }
  /// The shared secret. Errors: unauthenticated, for a low-order `other`.
  Result<Digest> agree(const PublicKey& other) const;

 private:
  ExchangeKey() = default;
  PublicKey public_;
  std::array<std::uint8_t, 32> secret_{};
};

}  // namespace tocsin::crypto
