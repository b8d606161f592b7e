#include "tests/simulation/remembered_signatures.hpp"

#include "crypto/signature.hpp"
#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::tests;

TEST_CASE("a signature is checked once whoever asks, and a false one stays false") {
  SeededEntropy entropy(7);
  const auto key = crypto::SigningKey::make(entropy), other = crypto::SigningKey::make(entropy);
  const auto federation = entropy.make<FederationId>();
  const auto body = bytes_of("a body");
  const auto signature = key.sign(crypto::Label::batch, federation, body);
  const auto before = signature_counts();
  const auto right = [&](ByteView text, const crypto::SigningKey& by) {
    return crypto::verify(crypto::Label::batch, federation, text, by.public_key(), signature);
  };
  for (int i = 0; i < 3; ++i) {
    CHECK(right(body, key));
    CHECK_FALSE(right(body, other));
    CHECK_FALSE(right(bytes_of("another body"), key));
  }
  const auto after = signature_counts();
  CHECK(after.asked - before.asked == 9);
  CHECK(after.checked - before.checked == 3);
}
