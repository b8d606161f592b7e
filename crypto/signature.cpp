#include "crypto/signature.hpp"

#include <sodium.h>

#include "crypto/digest.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::size_t label_size = 16;
constexpr std::size_t signed_size = label_size + FederationId::size + Digest::size;

/// label[16] ‖ federation_id[32] ‖ BLAKE2b-256(body)
std::array<std::uint8_t, signed_size> signed_bytes(Label label,
                                                   const FederationId& federation,
                                                   ByteView body) {
  std::array<std::uint8_t, signed_size> out;
  const auto text = text_of_label(label);
  const auto digest = blake2b(body);
  auto at = std::copy(text.begin(), text.end(), out.begin());
  at = std::copy(federation.data.begin(), federation.data.end(), at);
  std::copy(digest.data.begin(), digest.data.end(), at);
  return out;
}

}  // namespace

std::string_view text_of_label(Label label) {
  switch (label) {
    case Label::card:
      return "tocsin1:card----";
    case Label::charter:
      return "tocsin1:charter-";
    case Label::certificate:
      return "tocsin1:cert----";
    case Label::batch:
      return "tocsin1:batch---";
    case Label::approval:
      return "tocsin1:approval";
    case Label::order:
      return "tocsin1:order---";
    case Label::revocation:
      return "tocsin1:revoke--";
    case Label::witness:
      return "tocsin1:witness-";
    case Label::bundle:
      return "tocsin1:bundle--";
    case Label::possession:
      return "tocsin1:possess-";
  }
  panic("unnamed label", __FILE__, __LINE__);
}

SigningKey SigningKey::make(Entropy& entropy) {
  std::array<std::uint8_t, crypto_sign_SEEDBYTES> seed;
  entropy.fill(seed);
  auto key = from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return std::move(*key);
}

Result<SigningKey> SigningKey::from_seed(ByteView seed) {
  if (seed.size() != crypto_sign_SEEDBYTES)
    return fail(Errc::invalid, "a signing key's seed has {} bytes, not {}",
                crypto_sign_SEEDBYTES, seed.size());
  SigningKey key;
  crypto_sign_seed_keypair(key.public_.data.data(), key.secret_.data(), seed.data());
  return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : public_(other.public_), secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this == &other) return *this;
  public_ = other.public_;
  secret_ = other.secret_;
  sodium_memzero(other.secret_.data(), other.secret_.size());
  return *this;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

ByteView SigningKey::seed() const {
  return ByteView(secret_).first(crypto_sign_SEEDBYTES);
}

SignatureBytes SigningKey::sign(Label label, const FederationId& federation,
                                ByteView body) const {
  const auto message = signed_bytes(label, federation, body);
  SignatureBytes out;
  crypto_sign_detached(out.data.data(), nullptr, message.data(), message.size(),
                       secret_.data());
  return out;
}

bool verify(Label label, const FederationId& federation, ByteView body,
            const PublicKey& key, const SignatureBytes& signature) {
  return verify_bare(signed_bytes(label, federation, body), key, signature);
}

bool verify_bare(ByteView message, const PublicKey& key,
                 const SignatureBytes& signature) {
  return crypto_sign_verify_detached(signature.data.data(), message.data(),
                                     message.size(), key.data.data()) == 0;
}

ExchangeKey ExchangeKey::make(Entropy& entropy) {
  ExchangeKey key;
  entropy.fill(key.secret_);
  crypto_scalarmult_base(key.public_.data.data(), key.secret_.data());
  return key;
}

Result<ExchangeKey> ExchangeKey::from_secret(ByteView secret) {
  ExchangeKey key;
  if (secret.size() != key.secret_.size())
    return fail(Errc::invalid, "an exchange key's secret has {} bytes, not {}",
                key.secret_.size(), secret.size());
  std::copy(secret.begin(), secret.end(), key.secret_.begin());
  crypto_scalarmult_base(key.public_.data.data(), key.secret_.data());
  return key;
}

ExchangeKey::ExchangeKey(ExchangeKey&& other) noexcept
    : public_(other.public_), secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

ExchangeKey& ExchangeKey::operator=(ExchangeKey&& other) noexcept {
  if (this == &other) return *this;
  public_ = other.public_;
  secret_ = other.secret_;
  sodium_memzero(other.secret_.data(), other.secret_.size());
  return *this;
}

ExchangeKey::~ExchangeKey() { sodium_memzero(secret_.data(), secret_.size()); }

Result<Digest> ExchangeKey::agree(const PublicKey& other) const {
  Digest shared;
  if (crypto_scalarmult(shared.data.data(), secret_.data(), other.data.data()) != 0)
    return fail(Errc::unauthenticated, "the other side's exchange key has low order");
  return shared;
}

}  // namespace tocsin::crypto
