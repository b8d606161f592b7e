#include "agents/home/agreement.hpp"

#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

struct Rig : Homes {
  Rig() {
    for (const auto* org : {"bleu", "delos", "acme"}) found(org);
  }
  Result<void> acceptable(const std::string& org, const crypto::Charter& charter) {
    return check_acceptable(open(org), charter, now());
  }
};

}  // namespace

TEST_CASE("a member signs a charter once, with a year of certificates for its agent") {
  Rig rig;
  auto charter = rig.draft({"bleu", "delos"});
  CHECK(sign_agreement(charter, rig.root_key("bleu"), rig.now()).value());
  CHECK(charter.signatures.size() == 1);
  CHECK(charter.certificates.size() == std::size_t(crypto::certificate_months));
  CHECK_FALSE(sign_agreement(charter, rig.root_key("bleu"), rig.now()).value());
  CHECK(charter.signatures.size() == 1);
  CHECK(charter.certificates.size() == std::size_t(crypto::certificate_months));
}

TEST_CASE("a root that no member has signs nothing, and nobody signs what has expired") {
  Rig rig;
  auto charter = rig.draft({"bleu", "delos"});
  CHECK(code(sign_agreement(charter, rig.root_key("acme"), rig.now())) == "refused");
  CHECK(code(sign_agreement(charter, rig.root_key("bleu"), charter.body.expires)) == "expired");
  CHECK(charter.signatures.empty());
}

TEST_CASE("a charter is acceptable once every member has signed it, and until it expires") {
  Rig rig;
  auto charter = rig.draft({"bleu", "delos"});
  REQUIRE(sign_agreement(charter, rig.root_key("bleu"), rig.now()));
  CHECK(code(rig.acceptable("bleu", charter)) == "refused");
  CHECK(says(rig.acceptable("bleu", charter), "delos"));
  REQUIRE(sign_agreement(charter, rig.root_key("delos"), rig.now()));
  CHECK(code(rig.acceptable("bleu", charter)) == "none");
  CHECK(code(check_acceptable(rig.open("bleu"), charter, charter.body.expires)) == "expired");
}

TEST_CASE("an agent lives only by a charter in which it stands with its root and certificates") {
  Rig rig;
  auto charter = rig.signed_by_all({"bleu", "delos"});
  CHECK(code(rig.acceptable("acme", charter)) == "refused");
  CHECK(says(rig.acceptable("acme", charter), "no member"));

  auto home = rig.open("bleu");
  home.card.root = rig.open("acme").card.root;
  CHECK(says(check_acceptable(home, charter, rig.now()), "another root"));

  charter.certificates.clear();
  const auto bare = rig.acceptable("bleu", charter);
  CHECK(code(bare) == "refused");
  CHECK(bare.error().hint.find("charter sign") != std::string::npos);
}

TEST_CASE("a charter for production asks for a passphrase") {
  Rig rig;
  const auto charter = rig.signed_by_all({"bleu", "delos"}, false);
  CHECK(code(rig.acceptable("bleu", charter)) == "refused");
  CHECK(says(rig.acceptable("bleu", charter), "passphrase"));
  auto home = rig.open("bleu");
  home.has_passphrase = true;
  CHECK(code(check_acceptable(home, charter, rig.now())) == "none");
}

TEST_CASE("a home that lives by a charter takes no other federation's and no older version") {
  Rig rig;
  const auto charter = rig.signed_by_all({"bleu", "delos"});
  REQUIRE(accept_agreement(rig.disk, rig.open("bleu"), charter, rig.now()));
  CHECK(code(rig.acceptable("bleu", charter)) == "none");
  const auto other = rig.signed_by_all({"bleu", "acme"});
  CHECK(code(rig.acceptable("bleu", other)) == "refused");
  CHECK(says(rig.acceptable("bleu", other), "already lives by"));
  auto newer = rig.open("bleu");
  newer.charter->body.version = 2;
  CHECK(says(check_acceptable(newer, charter, rig.now()), "older than version 2"));
}

TEST_CASE("only an acceptable charter is written into the home") {
  Rig rig;
  auto charter = rig.draft({"bleu", "delos"});
  CHECK(code(accept_agreement(rig.disk, rig.open("bleu"), charter, rig.now())) == "refused");
  CHECK_FALSE(rig.open("bleu").charter);
  charter = rig.signed_by_all({"bleu", "delos"});
  REQUIRE(accept_agreement(rig.disk, rig.open("bleu"), charter, rig.now()));
  REQUIRE(rig.open("bleu").charter);
  CHECK(rig.open("bleu").charter->federation == charter.federation);
  rig.machine.platter().fail_syncs(true);
  CHECK(code(accept_agreement(rig.disk, rig.open("delos"), charter, rig.now())) == "io");
}

TEST_CASE("the certificates of an agent come in the order of their months, each checked") {
  Rig rig;
  auto charter = rig.signed_by_all({"bleu", "delos"});
  std::swap(charter.certificates.front(), charter.certificates[5]);
  const auto key = rig.open("bleu").signing;
  const auto found = certificates_of(charter, "bleu", key);
  REQUIRE(found);
  CHECK(found->size() == std::size_t(crypto::certificate_months));
  for (std::size_t i = 1; i < found->size(); ++i)
    CHECK((*found)[i - 1].body.not_before < (*found)[i].body.not_before);
  CHECK(code(certificates_of(charter, "acme", key)) == "not_found");
  CHECK(code(certificates_of(charter, "delos", key)) == "not_found");
  charter.certificates.front().back() ^= 1;
  CHECK(code(certificates_of(charter, "bleu", key)) == "unauthenticated");
}

TEST_CASE("the root renews an agent's certificates in its home, and nobody else does") {
  Rig rig;
  const auto charter = rig.signed_by_all({"bleu", "delos"});
  REQUIRE(accept_agreement(rig.disk, rig.open("bleu"), charter, rig.now()));
  const auto later = rig.now() + std::chrono::days(301);
  CHECK(code(certified_anew(rig.open("bleu"), rig.root_key("delos"), later)) == "refused");
  const auto renewed = certified_anew(rig.open("bleu"), rig.root_key("bleu"), later);
  REQUIRE(renewed);
  REQUIRE(keep_certificates(rig.disk, rig.open("bleu"), *renewed));
  CHECK(code(keep_certificates(rig.disk, rig.open("bleu"), rig.signed_by_all({"bleu", "acme"}))) ==
        "refused");
  const auto home = rig.open("bleu");
  const auto found = certificates_of(*home.charter, "bleu", home.signing);
  REQUIRE(found);
  CHECK(found->size() == 2 * std::size_t(crypto::certificate_months));
  CHECK(std::any_of(found->begin(), found->end(), [&](const auto& each) {
    return each.valid_at(later + std::chrono::days(300));
  }));
  // Accepting the same version again does not lose them.
  REQUIRE(accept_agreement(rig.disk, home, charter, rig.now()));
  CHECK(rig.open("bleu").charter->certificates.size() == home.charter->certificates.size());
}
