#include "crypto/charter.hpp"

#include "crypto/charter_body.hpp"
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
    REQUIRE(sign_charter(charter,
                         signers == 0   ? "delos"
                         : signers == 1 ? "bleu"
                                        : "bsi",
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
  CHECK(add_certificates(charter, "delos", {drill}).error().code ==
        Errc::unauthenticated);
  charter.certificates.push_back(drill.encoded);
  CHECK(read_charter(write_charter(charter)).error().code == Errc::unauthenticated);
}

TEST_CASE_METHOD(Sample, "a signed charter with any byte altered is refused") {
  sign_all();
  const auto body = delos.agent_body();
  REQUIRE(add_certificates(charter, "delos",
                           {certify(body, delos.root, charter.federation)}));
  auto text = write_charter(charter);
  REQUIRE(read_charter(text));
  for (auto& c : text) {
    const char kept = c;
    for (const int flip : {0x01, 0x10, 0x20, 0x80}) {
      c = char(kept ^ flip);
      CHECK_FALSE(read_charter(text));
    }
    c = ' ';
    if (kept != ' ') CHECK_FALSE(read_charter(text));
    c = kept;
  }
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(read_charter(std::string_view(text).substr(0, size)));
}

TEST_CASE_METHOD(Sample,
                 "signatures do not move between charters, members or members' copies") {
  auto drill = *make_charter([&] {
    auto other = body();
    other.exercise = true;
    return other;
  }());
  CHECK(drill.federation != charter.federation);
  sign_all();
  const auto signed_by = charter.signatures;

  drill.signatures = signed_by;
  CHECK(read_charter(write_charter(drill)).error().code == Errc::unauthenticated);
  std::swap(charter.signatures[0].org, charter.signatures[1].org);
  CHECK(read_charter(write_charter(charter)).error().code == Errc::unauthenticated);
  charter.signatures = {signed_by[0], signed_by[0]};
  CHECK(read_charter(write_charter(charter)).error().message ==
        "charter: signed twice by 'delos'");
  charter.signatures = {{"nobody", signed_by[0].signature}};
  CHECK(read_charter(write_charter(charter)).error().message ==
        "charter: signed by 'nobody', who is no member");
}

TEST_CASE_METHOD(Sample, "a certificate of an analyst has no place in a charter") {
  auto person = delos.agent_body();
  person.kind = CertificateKind::analyst;
  person.channel = {};
  person.roles = 2;
  const auto certificate = certify(tests::proven(person, delos.signing), delos.root, charter.federation);
  CHECK(add_certificates(charter, "delos", {certificate}).error().code == Errc::refused);
  charter.certificates.push_back(certificate.encoded);
  CHECK(read_charter(write_charter(charter)).error().code == Errc::invalid);
}

TEST_CASE("what is no charter file is refused with what it lacks") {
  CHECK(read_charter("{}").error().message == "charter: 'tocsin' is missing");
  CHECK(read_charter(R"({"tocsin":"card","body":"{}"})").error().message ==
        "charter: 'tocsin' must be \"charter\"");
  CHECK(read_charter(R"({"tocsin":"charter","body":{}})").error().message ==
        "charter: 'body' must be a string");
  CHECK(read_charter(std::string(charter_bytes_max + 1, ' ')).error().code ==
        Errc::too_large);
}

TEST_CASE_METHOD(Sample, "attack 9: no charter names or certifies an agent whose key did not agree") {
  auto stolen = bleu.agent_body();
  stolen.org = "delos";
  const auto certificate = certify(stolen, delos.root, charter.federation);
  CHECK(add_certificates(charter, "delos", {certificate}).error().code == Errc::unauthenticated);
  charter.certificates.push_back(certificate.encoded);
  CHECK(read_charter(write_charter(charter)).error().code == Errc::unauthenticated);

  auto named = body();
  named.members[0].agents = named.members[1].agents;
  named.members[1].agents.clear();
  CHECK(make_charter(named).error().code == Errc::unauthenticated);
  named = make_charter(body())->body;
  named.members[0].agents = named.members[1].agents;
  named.members[1].agents.clear();
  CHECK(read_charter_body(write_charter_body(named)).error().code == Errc::unauthenticated);
}
