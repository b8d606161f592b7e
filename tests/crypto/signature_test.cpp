#include "crypto/signature.hpp"

#include <set>

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

constexpr Label all_labels[] = {Label::card,       Label::charter,  Label::certificate,
                                Label::batch,      Label::approval, Label::order,
                                Label::revocation, Label::witness,  Label::bundle};

}  // namespace

TEST_CASE("labels are sixteen ASCII bytes and distinct") {
  std::set<std::string_view> seen;
  for (const auto label : all_labels) {
    CHECK(text_of_label(label).size() == 16);
    CHECK(seen.insert(text_of_label(label)).second);
  }
}

TEST_CASE("a signature holds for its purpose, federation, body and key only") {
  tests::SeededEntropy entropy(1);
  const auto key = SigningKey::make(entropy);
  const auto stranger = SigningKey::make(entropy);
  const FederationId production{{1}}, drill{{2}};
  const auto body = bytes_of("block 192.0.2.1");
  const auto signature = key.sign(Label::approval, production, body);

  CHECK(verify(Label::approval, production, body, key.public_key(), signature));
  CHECK_FALSE(verify(Label::approval, drill, body, key.public_key(), signature));
  CHECK_FALSE(verify(Label::approval, production, bytes_of("block 192.0.2.2"),
                     key.public_key(), signature));
  CHECK_FALSE(
      verify(Label::approval, production, body, stranger.public_key(), signature));
  for (const auto label : all_labels)
    CHECK(verify(label, production, body, key.public_key(), signature) ==
          (label == Label::approval));
}

TEST_CASE("a signature with any bit flipped is refused") {
  tests::SeededEntropy entropy(2);
  const auto key = SigningKey::make(entropy);
  const auto body = bytes_of("body");
  auto signature = key.sign(Label::batch, FederationId{}, body);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    signature.data[bit / 8] ^= std::uint8_t(1u << (bit % 8));
    CHECK_FALSE(verify(Label::batch, FederationId{}, body, key.public_key(), signature));
    signature.data[bit / 8] ^= std::uint8_t(1u << (bit % 8));
  }
  CHECK(verify(Label::batch, FederationId{}, body, key.public_key(), signature));
}

TEST_CASE("keys come back from their secrets, and only from secrets of the right size") {
  tests::SeededEntropy entropy(3);
  auto signing = SigningKey::make(entropy);
  const auto again = SigningKey::from_seed(signing.seed());
  REQUIRE(again);
  CHECK(again->public_key() == signing.public_key());
  CHECK_FALSE(SigningKey::from_seed(Bytes(31)));

  auto exchange = ExchangeKey::make(entropy);
  const auto exchange_again = ExchangeKey::from_secret(exchange.secret());
  REQUIRE(exchange_again);
  CHECK(exchange_again->public_key() == exchange.public_key());
  CHECK_FALSE(ExchangeKey::from_secret(Bytes(33)));

  const auto moved = std::move(signing);
  CHECK(std::all_of(signing.seed().begin(), signing.seed().end(),
                    [](auto b) { return b == 0; }));
  CHECK(moved.public_key() == again->public_key());
}

TEST_CASE("two sides agree on one secret, and a low-order key on none") {
  tests::SeededEntropy entropy(4);
  const auto a = ExchangeKey::make(entropy), b = ExchangeKey::make(entropy);
  const auto ab = a.agree(b.public_key()), ba = b.agree(a.public_key());
  REQUIRE(ab);
  REQUIRE(ba);
  CHECK(*ab == *ba);
  CHECK_FALSE(a.agree(PublicKey{}));
  CHECK(a.agree(PublicKey{{1}}).error().code == Errc::unauthenticated);
}
