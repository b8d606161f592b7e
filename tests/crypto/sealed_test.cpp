#include "crypto/sealed.hpp"

#include <sodium.h>

#include "crypto/digest.hpp"
#include "tests/catch.hpp"
#include "tests/refusal.hpp"
#include "tests/seeded_entropy.hpp"
#include "tests/wycheproof.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using tests::column_bytes;

namespace {

Bytes joined(std::initializer_list<ByteView> parts) {
  ByteWriter out;
  for (const auto part : parts) out.raw(part);
  return std::move(out).take();
}

/// XChaCha20-Poly1305 by itself: the plaintext, or nothing.
std::optional<Bytes> bare_open(ByteView key, ByteView nonce, ByteView ad,
                               ByteView sealed) {
  if (nonce.size() != crypto_aead_xchacha20poly1305_ietf_NPUBBYTES) return std::nullopt;
  Bytes out(sealed.size() - crypto_aead_xchacha20poly1305_ietf_ABYTES);
  const bool good = crypto_aead_xchacha20poly1305_ietf_decrypt(
                        out.data(), nullptr, nullptr, sealed.data(), sealed.size(),
                        ad.data(), ad.size(), nonce.data(), key.data()) == 0;
  return good ? std::optional(out) : std::nullopt;
}

/// The cipher key of wire-format.md, made without the code under test.
Bytes cipher_key(ByteView key, ByteView nonce, ByteView ad) {
  const auto input = joined({bytes_of("tocsin1:seal----"), nonce, blake2b(ad).view()});
  Bytes out(64);
  crypto_generichash(out.data(), out.size(), input.data(), input.size(), key.data(),
                     key.size());
  out.resize(32);
  return out;
}

void check_cipher(const tests::VectorCase& one) {
  INFO("case " << one[0]);
  const auto sealed = joined({column_bytes(one[6]), column_bytes(one[7])});
  const auto opened =
      bare_open(column_bytes(one[2]), column_bytes(one[3]), column_bytes(one[4]), sealed);
  CHECK(opened.has_value() == (one[1] == "valid"));
  if (opened) CHECK(*opened == column_bytes(one[5]));
}

}  // namespace

TEST_CASE("XChaCha20-Poly1305 opens and refuses as Wycheproof expects") {
  for (const auto& one : tests::read_vectors("xchacha20_poly1305_wycheproof.txt", 8))
    check_cipher(one);
}

TEST_CASE("XChaCha20-Poly1305 follows all of Wycheproof") {
  TOCSIN_NEEDS_DATA("wycheproof");
  for (const auto& one : tests::read_wycheproof("xchacha20_poly1305_test.json",
                                                {"key", "iv", "aad", "msg", "ct", "tag"}))
    check_cipher(one);
}

TEST_CASE("attack 14: one ciphertext made for two keys opens under the committed one only") {
  const auto one = tests::read_vectors("sealed_two_keys.txt", 7).front();
  const auto a = *SecretKey::from(column_bytes(one[0])),
             b = *SecretKey::from(column_bytes(one[1]));
  const auto nonce = column_bytes(one[2]);
  const auto ciphertext = joined({column_bytes(one[5]), column_bytes(one[6])});

  // The attack is real: without commitment each of the two reads a plaintext of its own.
  const auto for_a = bare_open(cipher_key(a.view(), nonce, {}), nonce, {}, ciphertext);
  const auto for_b = bare_open(cipher_key(b.view(), nonce, {}), nonce, {}, ciphertext);
  REQUIRE(for_a);
  REQUIRE(for_b);
  REQUIRE(*for_a != *for_b);

  const auto committed_to_a = joined({nonce, column_bytes(one[3]), ciphertext});
  CHECK(open(a, {}, committed_to_a) == *for_a);
  CHECK(tests::refusal(open(b, {}, committed_to_a)) == Errc::unauthenticated);
  const auto committed_to_b = joined({nonce, column_bytes(one[4]), ciphertext});
  CHECK(tests::refusal(open(a, {}, committed_to_b)) == Errc::unauthenticated);
  CHECK(open(b, {}, committed_to_b) == *for_b);
}

TEST_CASE("a sealed payload opens under its key and associated data, and no other") {
  tests::SeededEntropy entropy(1);
  const auto key = entropy.make<SecretKey>();
  const auto other = entropy.make<SecretKey>();
  for (const std::size_t size : {0, 1, 64, 5000}) {
    const Bytes plaintext(size, 5);
    const auto sealed = seal(key, bytes_of("header"), plaintext, entropy);
    CHECK(sealed.size() == size + sealed_overhead);
    CHECK(open(key, bytes_of("header"), sealed) == plaintext);
    CHECK(open(other, bytes_of("header"), sealed).error().code == Errc::unauthenticated);
    CHECK(open(key, bytes_of("Header"), sealed).error().code == Errc::unauthenticated);
    CHECK(open(key, {}, sealed).error().code == Errc::unauthenticated);
  }
}

TEST_CASE("a sealed payload with any byte altered, cut or added does not open") {
  tests::SeededEntropy entropy(2);
  const auto key = entropy.make<SecretKey>();
  auto sealed = seal(key, {}, bytes_of("a secret of some length"), entropy);
  for (auto& byte : sealed) {
    byte ^= 0x40;
    CHECK_FALSE(open(key, {}, sealed));
    byte ^= 0x40;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK_FALSE(open(key, {}, ByteView(sealed).first(size)));
  sealed.push_back(0);
  CHECK_FALSE(open(key, {}, sealed));
}

TEST_CASE("a wrapped payload opens for its recipient only") {
  tests::SeededEntropy entropy(3);
  const auto recipient = ExchangeKey::make(entropy), other = ExchangeKey::make(entropy);
  auto wrapped = wrap(recipient.public_key(), bytes_of("ad"), bytes_of("key"), entropy);
  CHECK(wrapped.size() == 3 + wrap_overhead);
  const auto opened = unwrap(recipient, bytes_of("ad"), wrapped);
  REQUIRE(opened);
  CHECK(text_of(*opened) == "key");
  CHECK_FALSE(unwrap(other, bytes_of("ad"), wrapped));
  CHECK_FALSE(unwrap(recipient, bytes_of("da"), wrapped));
  CHECK(unwrap(recipient, {}, Bytes(wrap_overhead - 1)).error().code == Errc::invalid);
  for (auto& byte : wrapped) {
    byte ^= 0x80;
    // The top bit of an X25519 key has no meaning; it is bound all the same.
    CHECK_FALSE(unwrap(recipient, bytes_of("ad"), wrapped));
    byte ^= 0x80;
  }
}

TEST_CASE("what is wrapped for a low-order key opens for nobody") {
  tests::SeededEntropy entropy(4);
  const auto anybody = ExchangeKey::make(entropy);
  const auto wrapped = wrap(PublicKey{}, {}, bytes_of("key"), entropy);
  CHECK_FALSE(unwrap(anybody, {}, wrapped));
}
