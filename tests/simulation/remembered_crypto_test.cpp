#include "tests/simulation/remembered_crypto.hpp"

#include "crypto/signature.hpp"
#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::tests;

TEST_CASE("a signature is checked once whoever asks, and a false one stays false") {
  SeededEntropy entropy(7);
  const auto key = crypto::SigningKey::make(entropy),
             other = crypto::SigningKey::make(entropy);
  const auto federation = entropy.make<FederationId>();
  const auto body = bytes_of("a body");
  const auto signature = key.sign(crypto::Label::batch, federation, body);
  const auto before = crypto_counts();
  const auto right = [&](ByteView text, const crypto::SigningKey& by) {
    return crypto::verify(crypto::Label::batch, federation, text, by.public_key(),
                          signature);
  };
  for (int i = 0; i < 3; ++i) {
    CHECK(right(body, key));
    CHECK_FALSE(right(body, other));
    CHECK_FALSE(right(bytes_of("another body"), key));
  }
  const auto after = crypto_counts();
  CHECK(after.signatures - before.signatures == 9);
  CHECK(after.signatures_checked - before.signatures_checked == 3);
}

TEST_CASE("two ends agree on one secret that is worked out once, and on no other") {
  SeededEntropy entropy(8);
  const auto one = crypto::ExchangeKey::make(entropy),
             two = crypto::ExchangeKey::make(entropy),
             third = crypto::ExchangeKey::make(entropy);
  const auto before = crypto_counts();
  const auto here = one.agree(two.public_key()), there = two.agree(one.public_key()),
             elsewhere = one.agree(third.public_key());
  REQUIRE(here);
  REQUIRE(there);
  REQUIRE(elsewhere);
  CHECK(*here == *there);
  CHECK(*here != *elsewhere);
  CHECK_FALSE(one.agree(PublicKey{}));
  CHECK_FALSE(one.agree(PublicKey{}));
  const auto after = crypto_counts();
  CHECK(after.agreements - before.agreements == 5);
  CHECK(after.agreements_computed - before.agreements_computed == 3);
}
