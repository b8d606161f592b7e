// Holds the worked examples of docs/wire-format.md against what the program makes and
// reads. The figures there were made by another implementation, from the tables alone.
#include "crypto/charter.hpp"
#include "crypto/digest.hpp"
#include "crypto/keystore.hpp"
#include "crypto/sealed.hpp"
#include "tests/catch.hpp"
#include "tests/document_vectors.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

constexpr std::string_view page = "wire-format.md";
Bytes repeated(std::uint8_t byte) { return Bytes(32, byte); }

/// 00 01 02 …, each time from 00 again.
struct CountingEntropy final : Entropy {
  void fill(MutableByteView out) override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::uint8_t(i);
  }
};

struct Example {
  SigningKey root = *SigningKey::from_seed(repeated(1));
  SigningKey recovery = *SigningKey::from_seed(repeated(2));
  SigningKey signing = *SigningKey::from_seed(repeated(3));
  ExchangeKey channel = *ExchangeKey::from_secret(repeated(4));
  ExchangeKey sealing = *ExchangeKey::from_secret(repeated(5));
  SigningKey bleu_root = *SigningKey::from_seed(repeated(6));
  SigningKey bleu_recovery = *SigningKey::from_seed(repeated(7));
  FederationId federation{*FederationId::from(repeated(0x0f))};
  WallTime start{1'790'000'000'000};
  CountingEntropy entropy;

  Card delos() const {
    Card out{.org = "delos",
             .name = "Delos Cloud",
             .country = "DE",
             .role = OrgRole::operator_,
             .root = root.public_key(),
             .recovery = recovery.public_key(),
             .agents = {{"agent-1", signing.public_key(), channel.public_key(),
                         sealing.public_key(), "192.0.2.1:7400"}},
             .own_networks = {"198.51.100.0/24"}};
    auto& agent = out.agents.front();
    agent.proof = prove_possession(certificate_body_of(out.org, agent), signing);
    return out;
  }
  Card bleu() const {
    return {.org = "bleu",
            .name = "Bleu",
            .country = "FR",
            .role = OrgRole::operator_,
            .root = bleu_root.public_key(),
            .recovery = bleu_recovery.public_key()};
  }
};

}  // namespace

TEST_CASE_METHOD(Example, "the certificate of the document is the one we make and read") {
  const auto encoded = tests::document_bytes(page, "certificate-1");
  auto body = certificate_body_of("delos", delos().agents.front());
  body.not_before = start;
  body.not_after = start + std::chrono::days(31);
  const auto made = certify(body, root, federation);
  CHECK(to_hex(made.encoded) == to_hex(encoded));
  CHECK(read_certificate(encoded, root.public_key(), federation));
}

TEST_CASE_METHOD(Example, "the card of the document is the one we write and read") {
  const auto text = tests::document_text(page, "card-1");
  CHECK(write_card(delos(), root) == text);
  CHECK(read_card(text));
  const auto fields = tests::document_bytes(page, "card-1-fields");
  const auto signature = root.sign(Label::card, FederationId{}, fields);
  CHECK(text.find(to_base64(signature.view())) != std::string::npos);
}

TEST_CASE_METHOD(Example, "the charter of the document is the one we write and read") {
  auto charter = make_charter({.name = "Rhine",
                               .exercise = true,
                               .created = start,
                               .expires = start + std::chrono::days(365),
                               .members = {delos(), bleu()}});
  REQUIRE(charter);
  REQUIRE(sign_charter(*charter, "delos", root));
  REQUIRE(sign_charter(*charter, "bleu", bleu_root));
  const auto text = tests::document_text(page, "charter-1");
  CHECK(write_charter(*charter) == text);
  const auto read = read_charter(text);
  REQUIRE(read);
  CHECK(read->federation ==
        tests::document_fixed<FederationId>(page, "charter-1-federation"));
}

TEST_CASE_METHOD(Example,
                 "the sealed payloads of the document are those we make and open") {
  const auto key = *SecretKey::from(repeated(0x5e));
  const auto sealed = tests::document_bytes(page, "sealed-1");
  const auto text = bytes_of("192.0.2.7 is hostile");
  CHECK(to_hex(seal(key, bytes_of("header"), text, entropy)) == to_hex(sealed));
  const auto opened = open(key, bytes_of("header"), sealed);
  REQUIRE(opened);
  CHECK(text_of(*opened) == text_of(text));

  const auto wrapped = tests::document_bytes(page, "wrapped-1");
  CHECK(to_hex(wrap(sealing.public_key(), bytes_of("header"), key.view(), entropy)) ==
        to_hex(wrapped));
  CHECK(unwrap(sealing, bytes_of("header"), wrapped) == repeated(0x5e));
}

TEST_CASE("the leaves of the document are those we hash") {
  const auto secret = repeated(0x5a);
  std::vector<Digest> leaves;
  ByteWriter out;
  out.raw(salt_of(secret, 0));
  for (const auto* record : {"one", "two", "three"})
    leaves.push_back(
        leaf_digest(salt_of(secret, std::uint32_t(leaves.size())), bytes_of(record)));
  for (const auto& leaf : leaves) out.fixed(leaf);
  out.fixed(merkle_root(leaves));
  CHECK(to_hex(out.bytes()) == to_hex(tests::document_bytes(page, "leaves-1")));
}

TEST_CASE_METHOD(Example, "the key files of the document are those we write and read") {
  KeyRing ring;
  ring.put("root", repeated(1));
  const auto plain = tests::document_bytes(page, "key-file-1");
  CHECK(to_hex(ring.lock(std::nullopt, entropy)) == to_hex(plain));
  const auto locked = tests::document_bytes(page, "key-file-2");
  CHECK(to_hex(ring.lock("bell", entropy, KeyRing::Cost::interactive)) == to_hex(locked));
  for (const auto& file : {plain, locked}) {
    const auto opened = KeyRing::unlock(file, "bell");
    REQUIRE(opened);
    CHECK(text_of(*opened->get("root")) == text_of(repeated(1)));
  }
}

TEST_CASE("the labels of the document are those we sign under") {
  const auto text = tests::read_text(tests::source_root() / "docs" / page);
  for (const auto label :
       {Label::card, Label::charter, Label::certificate, Label::batch, Label::approval,
        Label::order, Label::revocation, Label::witness, Label::bundle, Label::possession})
    CHECK(text.find("`" + std::string(text_of_label(label)) + "`") != std::string::npos);
}
