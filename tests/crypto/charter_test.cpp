#include "crypto/charter.hpp"

#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

struct Sample : tests::SampleFederation {
  Charter charter = *make_charter(body());

  void sign_all() {
    for (const auto* org : {&delos, &bleu, &bsi})
      REQUIRE(sign_charter(charter, org->card.org, org->root));
  }
};

}  // namespace

TEST_CASE_METHOD(Sample, "a charter is complete once every member has signed") {
  CHECK(check_complete(charter, tests::sample_start).error().message ==
        "charter: not signed by delos, bleu, bsi");
  REQUIRE(sign_charter(charter, "delos", delos.root));
  CHECK(check_complete(charter, tests::sample_start).error().code == Errc::refused);
  sign_all();
  CHECK(charter.signatures.size() == 3);
  CHECK(check_complete(charter, tests::sample_start));
  CHECK(check_complete(charter, charter.body.expires).error().code == Errc::expired);
}

TEST_CASE_METHOD(Sample, "a charter reads back as it was written, whoever has signed") {
  for (int signers = 0; signers < 3; ++signers) {
    const auto read = read_charter(write_charter(charter));
    REQUIRE(read);
    CHECK(read->body_text == charter.body_text);
    CHECK(read->federation == charter.federation);
    CHECK(read->signatures.size() == charter.signatures.size());
    CHECK(read->member("bsi")->role == OrgRole::authority);
    CHECK(read->member("nobody") == nullptr);
    REQUIRE(sign_charter(charter, signers == 0 ? "delos" : signers == 1 ? "bleu" : "bsi",
                         signers == 0   ? delos.root
                         : signers == 1 ? bleu.root
                                        : bsi.root));
  }
}

TEST_CASE_METHOD(Sample, "only a member's root signs for it") {
  CHECK(sign_charter(charter, "delos", bleu.root).error().code == Errc::refused);
  CHECK(sign_charter(charter, "delos", delos.recovery).error().code == Errc::refused);
  CHECK(sign_charter(charter, "nobody", delos.root).error().code == Errc::not_found);
  CHECK(charter.signatures.empty());
}

TEST_CASE_METHOD(Sample, "certificates travel with the charter, and only sound ones") {
  const auto year = certify_year(delos.agent_body(), tests::sample_start, delos.root,
                                 charter.federation);
  REQUIRE(add_certificates(charter, "delos", year));
  REQUIRE(add_certificates(charter, "delos", year));
  CHECK(charter.certificates.size() == 12);
  CHECK(read_charter(write_charter(charter))->certificates == charter.certificates);

  CHECK_FALSE(add_certificates(charter, "bleu", year));
  const auto drill = certify(delos.agent_body(), delos.root, FederationId{{1}});
  CHECK(add_certificates(charter, "delos", {drill}).error().code == Errc::unauthenticated);
  charter.certificates.push_back(drill.encoded);
  CHECK(read_charter(write_charter(charter)).error().code == Errc::unauthenticated);
}
