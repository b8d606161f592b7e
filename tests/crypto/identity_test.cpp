#include "crypto/identity.hpp"

#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

const FederationId federation{{9}};

struct Sample : tests::SampleFederation {
  CertificateBody agent = delos.agent_body();
  CertificateBody analyst =
      tests::proven({.kind = CertificateKind::analyst,
                     .org = "delos",
                     .name = "night-shift",
                     .signing = delos.signing.public_key(),
                     .sealing = delos.sealing.public_key(),
                     .roles = 3,
                     .not_before = tests::sample_start,
                     .not_after = tests::sample_start + std::chrono::days(31)},
                    delos.signing);
};

}  // namespace

TEST_CASE("names are short, lower case and begin with a letter or digit") {
  for (const auto* good :
       {"delos", "a", "0", "bsi.bund-1", "abcdefghijklmnopqrstuvwxyz012345"})
    CHECK(is_name(good));
  for (const auto* bad : {"", "-a", ".a", "Delos", "a b", "a/b", "ä", "a_b",
                          "abcdefghijklmnopqrstuvwxyz0123456"})
    CHECK_FALSE(is_name(bad));
}

TEST_CASE("roles have names that lead back to them") {
  for (const auto* name : {"operator", "authority", "observer", "vendor"})
    CHECK(name_of(*org_role_from(name)) == name);
  for (const auto* name : {"analyst", "approver", "drill_director", "auditor", "admin"})
    CHECK(name_of(*analyst_role_from(name)) == name);
  CHECK_FALSE(org_role_from("Operator"));
  CHECK_FALSE(analyst_role_from("root"));
}

TEST_CASE_METHOD(Sample, "a certificate reads back as it was made") {
  for (const auto& body : {agent, analyst}) {
    const auto made = certify(body, delos.root, federation);
    const auto read = read_certificate(made.encoded, delos.card.root, federation);
    REQUIRE(read);
    CHECK(read->encoded == made.encoded);
    CHECK(read->body.kind == body.kind);
    CHECK(read->body.org == "delos");
    CHECK(read->body.name == body.name);
    CHECK(read->body.signing == body.signing);
    CHECK(read->body.channel == body.channel);
    CHECK(read->body.sealing == body.sealing);
    CHECK(read->body.roles == body.roles);
    CHECK(read->body.not_before == body.not_before);
    CHECK(read->body.not_after == body.not_after);
    CHECK(read->body.id() == agent_id_of(body.signing));
  }
  CHECK(analyst.has(AnalystRole::approver));
  CHECK_FALSE(analyst.has(AnalystRole::auditor));
}

TEST_CASE_METHOD(Sample, "a certificate of another root or federation is refused") {
  const auto made = certify(agent, delos.root, federation);
  CHECK(read_certificate(made.encoded, bleu.card.root, federation).error().code ==
        Errc::unauthenticated);
  CHECK(read_certificate(made.encoded, delos.card.root, FederationId{{8}}).error().code ==
        Errc::unauthenticated);
}

TEST_CASE_METHOD(Sample, "a certificate with any byte altered, cut or added is refused") {
  for (const auto& body : {agent, analyst}) {
    auto encoded = certify(body, delos.root, federation).encoded;
    for (auto& byte : encoded) {
      for (const std::uint8_t flip : {0x01, 0x20, 0x80}) {
        byte ^= flip;
        CHECK_FALSE(read_certificate(encoded, delos.card.root, federation));
        byte ^= flip;
      }
    }
    for (std::size_t size = 0; size < encoded.size(); ++size)
      CHECK_FALSE(
          read_certificate(ByteView(encoded).first(size), delos.card.root, federation));
    encoded.push_back(0);
    CHECK_FALSE(read_certificate(encoded, delos.card.root, federation));
  }
}

TEST_CASE_METHOD(Sample, "a certificate body that contradicts itself is named") {
  const auto refused = [](CertificateBody body, auto change) {
    change(body);
    return !check_certificate_body(body).has_value();
  };
  CHECK(refused(agent, [](auto& b) { b.roles = 1; }));
  CHECK(refused(agent, [](auto& b) { b.channel = {}; }));
  CHECK(refused(agent, [](auto& b) { b.signing = {}; }));
  CHECK(refused(agent, [](auto& b) { b.org = "Delos"; }));
  CHECK(refused(agent, [](auto& b) { b.name = ""; }));
  CHECK(refused(agent, [](auto& b) { b.not_after = b.not_before; }));
  CHECK(refused(agent, [](auto& b) { b.kind = CertificateKind(3); }));
  CHECK(refused(analyst, [](auto& b) { b.roles = 0; }));
  CHECK(refused(analyst, [](auto& b) { b.roles = 0x20; }));
  CHECK(refused(analyst, [](auto& b) { b.channel = b.sealing; }));
  CHECK(refused(analyst, [](auto& b) { b.sealing = {}; }));
}

TEST_CASE_METHOD(Sample, "the longest certificate keeps within its bound") {
  agent.org = agent.name = std::string(32, 'a');
  CHECK(certify(agent, delos.root, federation).encoded.size() <= certificate_bytes_max);
}

TEST_CASE_METHOD(Sample, "a year of certificates leaves no gap and overlaps by one day") {
  const auto from = tests::sample_start;
  const auto year = certify_year(agent, from, delos.root, federation);
  REQUIRE(year.size() == 12);
  CHECK(year[0].body.not_before == from - std::chrono::hours(1));
  for (std::size_t i = 0; i < year.size(); ++i) {
    CHECK(read_certificate(year[i].encoded, delos.card.root, federation));
    CHECK(year[i].body.not_after - year[i].body.not_before == std::chrono::days(31));
    if (i > 0)
      CHECK(year[i - 1].body.not_after - year[i].body.not_before == std::chrono::days(1));
  }
  CHECK(year[0].valid_at(from));
  CHECK(certify_year(agent, WallTime{0}, delos.root, federation)[0].body.not_before.ms ==
        0);
  CHECK_FALSE(year[0].valid_at(year[0].body.not_after));
  CHECK(year[0].valid_at(year[0].body.not_before));
}

TEST_CASE_METHOD(Sample, "attack 9: a certificate whose key has not signed to be that is refused") {
  const auto refused = [&](const CertificateBody& body) {
    const auto made = certify(body, delos.root, federation);
    return peek_certificate(made.encoded).has_value() &&
           read_certificate(made.encoded, delos.card.root, federation).error().code ==
               Errc::unauthenticated;
  };
  // Its own root wishes it so, and its key is public: that is not enough.
  auto stolen = bleu.agent_body();
  stolen.org = "delos";
  CHECK(refused(stolen));
  stolen.proof = {};
  CHECK(refused(stolen));
  stolen.proof = agent.proof;
  CHECK(refused(stolen));
  for (const auto& one : {agent, analyst}) {
    const auto altered = [&](auto change) {
      auto body = one;
      change(body);
      return body;
    };
    CHECK(refused(altered([](auto& b) { b.name = "other"; })));
    CHECK(refused(altered([&](auto& b) { b.sealing = bleu.sealing.public_key(); })));
  }
  CHECK(read_certificate(
      certify(tests::proven(stolen, bleu.signing), delos.root, federation).encoded,
      delos.card.root, federation));
  // A proof says nothing of period and federation: with it a root renews for years.
  agent.not_before = agent.not_after;
  agent.not_after = agent.not_after + std::chrono::days(31);
  CHECK(read_certificate(certify(agent, delos.root, FederationId{{8}}).encoded, delos.card.root,
                         FederationId{{8}}));
}
