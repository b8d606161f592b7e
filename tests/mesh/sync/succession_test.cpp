#include "mesh/sync/succession.hpp"

#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

struct Line : tests::SampleFederation {
  crypto::Charter first = whole(*crypto::make_charter(body()), {&delos, &bleu, &bsi});
  crypto::Charter second = after(first, 1);
  crypto::Charter third = after(second, 2);
  Succession succession;

  static crypto::Charter whole(crypto::Charter charter, std::vector<tests::SampleOrg*> orgs) {
    for (const auto* org : orgs)
      REQUIRE(crypto::sign_charter(charter, org->card.org, org->root));
    return charter;
  }
  crypto::Charter after(const crypto::Charter& before, int days) {
    auto wish = before.body;
    wish.created = tests::sample_start + std::chrono::days(days);
    return whole(*crypto::amend_charter(before, wish), {&delos, &bsi});
  }
  static OfferedCharter offered(const crypto::Charter& charter) {
    return {charter.body_text, charter.signatures};
  }
  static constexpr RecordHeader header{RecordKind::trust, {Tlp::green, Pap::green},
                                       tests::sample_start, 7};
};

}  // namespace

TEST_CASE_METHOD(Line, "a charter record reads back as it was written") {
  const auto record = encode_charter_record(header, offered(second));
  REQUIRE(record);
  const auto read = decode_charter_record(*view_record(*record));
  REQUIRE(read);
  CHECK(read->body_text == second.body_text);
  CHECK(read->signatures.size() == 2);
  CHECK(read->signatures[1].org == "bsi");
}

TEST_CASE_METHOD(Line, "a version that no record can hold is refused, and how else it goes is said") {
  const auto huge = encode_charter_record(header, {std::string(record_bytes_max, 'x'), {}});
  REQUIRE_FALSE(huge);
  CHECK(huge.error().code == Errc::too_large);
  CHECK(huge.error().hint.find("charter accept") != std::string::npos);
}

TEST_CASE_METHOD(Line, "a signature of wrong length and too many of them are refused") {
  FieldWriter bad(header);
  bad.text(1, second.body_text).bytes(2, bytes_of("short"));
  const auto record = std::move(bad).take();
  CHECK(decode_charter_record(*view_record(record)).error().code == Errc::invalid);
  auto many = offered(second);
  many.signatures.assign(crypto::members_max + 1, many.signatures[0]);
  const auto flood = encode_charter_record(header, many);
  CHECK(decode_charter_record(*view_record(*flood)).error().code == Errc::too_large);
}

TEST_CASE_METHOD(Line, "versions that come in the wrong order are taken in the right one") {
  REQUIRE(succession.offer(first, offered(third)));
  CHECK_FALSE(succession.next(first));
  REQUIRE(succession.offer(first, offered(second)));
  const auto next = succession.next(first);
  REQUIRE(next);
  CHECK(next->body_text == second.body_text);
  CHECK(succession.next(*next)->body_text == third.body_text);
  CHECK(succession.has_travelled(second.body_text));
  CHECK_FALSE(succession.has_travelled(first.body_text));
}

TEST_CASE_METHOD(Line, "a new root brings the certificates of its agents, and only sound ones") {
  auto wish = first.body;
  const auto root = crypto::SigningKey::make(entropy);
  wish.members[0].root = root.public_key();
  wish.created = tests::sample_start + std::chrono::days(1);
  auto anew = *crypto::amend_charter(first, wish);
  REQUIRE(crypto::sign_charter(anew, "delos", delos.recovery));
  REQUIRE(crypto::sign_charter(anew, "bsi", bsi.root));
  anew.certificates.push_back(
      crypto::certify(delos.agent_body(), root, first.federation).encoded);
  auto offer = offered_from(anew);
  CHECK(offer.certificates.size() == 1);
  CHECK(offered_from(second).certificates.empty());
  offer.certificates.push_back(
      crypto::certify(delos.agent_body(), bleu.root, first.federation).encoded);
  const auto record = encode_charter_record(header, offer);
  REQUIRE(succession.offer(first, *decode_charter_record(*view_record(*record))));
  const auto next = succession.next(first);
  REQUIRE(next);
  CHECK(next->certificates == anew.certificates);
}

TEST_CASE_METHOD(Line, "a version with too few signatures waits for the others") {
  auto bare = offered(second);
  bare.signatures.pop_back();
  REQUIRE(succession.offer(first, bare));
  CHECK_FALSE(succession.next(first));
  REQUIRE(succession.offer(first, offered(second)));
  CHECK(succession.next(first));
}

TEST_CASE_METHOD(Line, "as many signatures of the wrong members do not stand in the right ones' way") {
  auto partial = second;
  partial.signatures.pop_back();
  REQUIRE(succession.offer(first, offered(partial)));
  REQUIRE(succession.offer(first, {second.body_text, {second.signatures[1]}}));
  CHECK_FALSE(succession.next(first));
  REQUIRE(succession.offer(first, offered(second)));
  CHECK(succession.next(first));
}

TEST_CASE_METHOD(Line, "another text of the version in force, or of one before it, is refused") {
  auto wish = first.body;
  wish.created = tests::sample_start + std::chrono::days(9);
  const auto rival = whole(*crypto::amend_charter(first, wish), {&bleu, &bsi});
  CHECK(succession.offer(second, offered(rival)).error().code == Errc::refused);
  CHECK(succession.offer(third, offered(rival)).error().code == Errc::refused);
  CHECK(succession.offer(third, offered(second)));
  CHECK_FALSE(succession.next(third));
}

TEST_CASE_METHOD(Line, "forged signatures are refused, and what waits is bounded") {
  auto forged = offered(second);
  forged.signatures[0].signature.data[3] ^= 1;
  CHECK(succession.offer(first, forged).error().code == Errc::unauthenticated);
  auto far = third;
  for (std::size_t i = 0; i <= Succession::waiting_max; ++i) {
    auto wish = third.body;
    wish.created = tests::sample_start + std::chrono::days(3 + int(i));
    far = *crypto::amend_charter(third, wish);
    const auto taken = succession.offer(first, {far.body_text, {}});
    CHECK(taken.has_value() == (i < Succession::waiting_max));
  }
  // What comes next and is complete is taken all the same.
  REQUIRE(succession.offer(first, offered(second)));
  CHECK(succession.next(first)->body_text == second.body_text);
}
