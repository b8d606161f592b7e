#include "crypto/sealed.hpp"

#include <sodium.h>

#include "crypto/digest.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::string_view seal_label = "tocsin1:seal----";
constexpr std::string_view wrap_label = "tocsin1:wrap----";
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t key_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t commitment_size = 32;
static_assert(nonce_size + commitment_size + tag_size == sealed_overhead);

/// Cipher key ‖ commitment, for one key, nonce and associated data; wiped afterwards.
struct Derived {
  std::array<std::uint8_t, key_size + commitment_size> bytes;
  ~Derived() { sodium_memzero(bytes.data(), bytes.size()); }
  const std::uint8_t* key() const { return bytes.data(); }
  ByteView commitment() const { return ByteView(bytes).subspan(key_size); }
};

void derive(const SecretKey& key, ByteView nonce, ByteView ad, Derived& out) {
  const auto ad_digest = blake2b(ad);
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data.data(), SecretKey::size, out.bytes.size());
  for (const auto part : {bytes_of(seal_label), nonce, ad_digest.view()})
    crypto_generichash_update(&state, part.data(), part.size());
  crypto_generichash_final(&state, out.bytes.data(), out.bytes.size());
  sodium_memzero(&state, sizeof state);
}

SecretKey wrapping_key(Digest shared, const PublicKey& ephemeral,
                       const PublicKey& recipient) {
  const auto digest =
      blake2b({bytes_of(wrap_label), shared.view(), ephemeral.view(), recipient.view()});
  sodium_memzero(shared.data.data(), Digest::size);
  return {digest.data};
}

}  // namespace

Bytes seal(const SecretKey& key, ByteView ad, ByteView plaintext, Entropy& entropy) {
  Bytes out(sealed_overhead + plaintext.size());
  const auto nonce = MutableByteView(out).first(nonce_size);
  entropy.fill(nonce);
  Derived derived;
  derive(key, nonce, ad, derived);
  std::copy(derived.commitment().begin(), derived.commitment().end(),
            out.begin() + nonce_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      out.data() + nonce_size + commitment_size, nullptr, plaintext.data(),
      plaintext.size(), ad.data(), ad.size(), nullptr, nonce.data(), derived.key());
  return out;
}

Result<Bytes> open(const SecretKey& key, ByteView ad, ByteView sealed) {
  if (sealed.size() < sealed_overhead)
    return fail(Errc::invalid, "a sealed payload has at least {} bytes, not {}",
                sealed_overhead, sealed.size());
  const auto nonce = sealed.first(nonce_size);
  const auto commitment = sealed.subspan(nonce_size, commitment_size);
  const auto ciphertext = sealed.subspan(nonce_size + commitment_size);
  Derived derived;
  derive(key, nonce, ad, derived);
  if (sodium_memcmp(commitment.data(), derived.commitment().data(), commitment_size) != 0)
    return fail(Errc::unauthenticated, "the payload is sealed under another key");
  Bytes out(ciphertext.size() - tag_size);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), ad.data(),
          ad.size(), nonce.data(), derived.key()) != 0)
    return fail(Errc::unauthenticated, "the sealed payload was altered");
  return out;
}

Bytes wrap(const PublicKey& recipient, ByteView ad, ByteView plaintext,
           Entropy& entropy) {
  const auto ephemeral = ExchangeKey::make(entropy);
  auto shared = ephemeral.agree(recipient);
  // A worthless key gets a payload that nobody opens, rather than one that everybody
  // does.
  if (!shared) shared = entropy.make<Digest>();
  const auto key = wrapping_key(*shared, ephemeral.public_key(), recipient);
  Bytes out(ephemeral.public_key().data.begin(), ephemeral.public_key().data.end());
  const auto sealed = seal(key, ad, plaintext, entropy);
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

Result<Bytes> unwrap(const ExchangeKey& recipient, ByteView ad, ByteView wrapped) {
  if (wrapped.size() < wrap_overhead)
    return fail(Errc::invalid, "a wrapped payload has at least {} bytes, not {}",
                wrap_overhead, wrapped.size());
  PublicKey ephemeral;
  std::copy_n(wrapped.begin(), PublicKey::size, ephemeral.data.begin());
  const auto shared = recipient.agree(ephemeral);
  if (!shared) return std::unexpected(shared.error());
  const auto key = wrapping_key(*shared, ephemeral, recipient.public_key());
  return open(key, ad, wrapped.subspan(PublicKey::size));
}

}  // namespace tocsin::crypto
