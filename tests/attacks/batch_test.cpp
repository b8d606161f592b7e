// What a relay, a replayer or a false author can try on a signed batch.
#include "mesh/wire/batch.hpp"

#include "tests/attacks/second_signature.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/wire/batches.hpp"
#include "tests/refusal.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Author;
using tests::refusal;

namespace {

// As a receiver takes a batch: all or nothing.
bool accepted(const Bytes& encoded, const Author& author, const crypto::SecretKey* key = nullptr) {
  const auto batch = parse_batch(encoded);
  return batch && verify_signature(*batch, author.certificate, author.federation) &&
         (!batch->sealed() || check_sealed(*batch)) && open_batch(*batch, key);
}

// As a carrier without the scope key takes it.
bool carried(const Bytes& encoded, const Author& author) {
  const auto batch = parse_batch(encoded);
  return batch && verify_signature(*batch, author.certificate, author.federation) &&
         check_sealed(*batch);
}

}  // namespace

TEST_CASE("attack 1: a relay flips each byte of a batch in turn, and all are rejected") {
  Author author;
  const auto open = author.sign({author.indicator("a.example"), author.indicator("b.example")});
  REQUIRE(accepted(open.encoded, author));
  for (std::size_t at = 0; at < open.encoded.size(); ++at)
    for (const std::uint8_t flip : {0x01, 0x80, 0xff}) {
      auto forged = open.encoded;
      forged[at] ^= flip;
      CAPTURE(at, int(flip));
      REQUIRE_FALSE(accepted(forged, author));
    }
}

TEST_CASE("attack 1: a relay flips each byte of a sealed batch, and reader and carrier reject") {
  Author author;
  author.log.scope = author.entropy.make<ScopeId>();
  const auto key = author.entropy.make<crypto::SecretKey>();
  const auto sealed = author.sign({author.indicator("a.example", {Tlp::amber, Pap::green})}, &key);
  REQUIRE(accepted(sealed.encoded, author, &key));
  REQUIRE(carried(sealed.encoded, author));
  for (std::size_t at = 0; at < sealed.encoded.size(); ++at) {
    auto forged = sealed.encoded;
    forged[at] ^= 1;
    CAPTURE(at);
    REQUIRE_FALSE(accepted(forged, author, &key));
    REQUIRE_FALSE(carried(forged, author));
  }
}

TEST_CASE("attack 5: a batch signed before or after its certificate's time does not verify") {
  Author author;
  const auto batch = author.sign({author.indicator("a.example")});
  auto certificate = author.certificate;
  REQUIRE(verify_signature(batch, certificate, author.federation));
  certificate.not_after = batch.header.time;
  CHECK(refusal(verify_signature(batch, certificate, author.federation)) == Errc::expired);
  certificate = author.certificate;
  certificate.not_before = batch.header.time + std::chrono::milliseconds(1);
  CHECK(refusal(verify_signature(batch, certificate, author.federation)) == Errc::expired);
}

TEST_CASE("attack 7: the same body with a second valid signature is the same batch") {
  Author author;
  const auto first = author.sign({author.indicator("a.example")});
  auto bytes = first.encoded;
  const auto other = tests::second_signature(author.key, author.federation, first.header_bytes());
  REQUIRE(other != first.signature);
  std::copy(other.data.begin(), other.data.end(), bytes.begin() + batch_header_bytes);
  REQUIRE(accepted(bytes, author));
  CHECK(parse_batch(bytes)->id == first.id);
}

TEST_CASE("attack 9: organisation A signs as organisation B, and nobody takes it") {
  Author delos(1, "delos"), bleu(2, "bleu");
  const auto as_bleu = [&](Author& signer) {
    signer.log.agent = bleu.certificate.id();
    return signer.sign({signer.indicator("a.example")});
  };
  const auto forged = as_bleu(delos);
  // Under B's certificate the signature fails; under A's own the agent id does not fit.
  CHECK(refusal(verify_signature(forged, bleu.certificate, bleu.federation)) ==
        Errc::unauthenticated);
  CHECK(refusal(verify_signature(forged, delos.certificate, delos.federation)) ==
        Errc::unauthenticated);
  // A record of B inside a batch of A.
  Author again(1, "delos");
  CHECK(refusal(again.try_sign({bleu.indicator("a.example")})) == Errc::unauthenticated);
  // An analyst's certificate speaks for no log.
  auto person = again.certificate;
  person.kind = crypto::CertificateKind::analyst;
  CHECK_FALSE(verify_signature(again.sign({again.indicator("a.example")}), person, again.federation));
}

TEST_CASE("attack 11: a relay relabels a record, and the signed root no longer fits") {
  Author author;
  const auto record = author.indicator("a.example");
  const auto batch = author.sign({record});
  const auto at = std::search(batch.encoded.begin(), batch.encoded.end(), record.begin(),
                              record.end()) - batch.encoded.begin();
  REQUIRE(std::size_t(at) + record.size() == batch.encoded.size());
  for (int tlp = 1; tlp <= 5; ++tlp)
    for (int pap = 1; pap <= 4; ++pap) {
      auto forged = batch.encoded;
      forged[std::size_t(at) + 2] = std::uint8_t(tlp);
      forged[std::size_t(at) + 3] = std::uint8_t(pap);
      CHECK(accepted(forged, author) == (forged == batch.encoded));
    }
}

TEST_CASE("attack 11: RED cannot be moved into the open scope, nor opened under another header") {
  Author author;
  CHECK(refusal(author.try_sign({author.indicator("a.example", {Tlp::red, Pap::green})})) ==
        Errc::marking);
  author.log.scope = author.entropy.make<ScopeId>();
  const auto key = author.entropy.make<crypto::SecretKey>();
  const auto sealed = author.sign({author.indicator("a.example", {Tlp::red, Pap::green})}, &key);
  auto moved = sealed.encoded;
  std::fill_n(moved.begin() + 32, 16, 0);                         // scope
  std::fill_n(moved.begin() + std::ptrdiff_t(batch_ad_bytes), 32, 0);  // payload digest
  REQUIRE(parse_batch(moved));
  CHECK_FALSE(accepted(moved, author, &key));
  // Even with a fitting signature the associated data would not fit.
  auto other_header = sealed.encoded;
  other_header[48] ^= 2;  // sequence
  other_header[68] = 1;   // previous
  const auto parsed = parse_batch(other_header);
  REQUIRE(parsed);
  CHECK(refusal(open_batch(*parsed, &key)) == Errc::unauthenticated);
}

TEST_CASE("attack 15: a record of a drill replayed into production is rejected") {
  Author drill;
  const auto production = drill.federation;
  drill.federation.data[0] ^= 1;
  const auto batch = drill.sign({drill.indicator("a.example")});
  CHECK(verify_signature(batch, drill.certificate, drill.federation));
  CHECK(refusal(verify_signature(batch, drill.certificate, production)) == Errc::unauthenticated);
}
