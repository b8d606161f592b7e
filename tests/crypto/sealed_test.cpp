#include "crypto/sealed.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

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
