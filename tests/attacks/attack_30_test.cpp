// Attack 30: an organisation's root is lost. The recovery key and the members' thresholds install a
// new one, none of them alone, and what was signed before still verifies.
#include "crypto/charter_chain.hpp"
#include "mesh/sync/roster.hpp"
#include "tests/attacks/sim_rig.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1, acme = 2, late = 3;

struct Lost : SimRig {
  Lost() : SimRig({{"bleu"}, {"delos"}, {"acme"}, {"late"}}) {}

  crypto::SigningKey anew = crypto::SigningKey::make(federation.entropy());
  crypto::SigningKey next_recovery = crypto::SigningKey::make(federation.entropy());

  crypto::Charter amendment() {
    auto wish = federation.charter.body;
    wish.members[delos].root = anew.public_key();
    wish.members[delos].recovery = next_recovery.public_key();
    wish.created = universe.wall();
    return crypto::amend_charter(federation.charter, wish).value();
  }
  crypto::Charter installed() {
    auto out = amendment();
    REQUIRE(crypto::sign_charter(out, "delos", federation.recovery(delos)));
    REQUIRE(crypto::sign_charter(out, "bleu", federation.root(bleu)));
    REQUIRE(crypto::sign_charter(out, "acme", federation.root(acme)));
    return out;
  }
  /// Of Delos's agent, from now on.
  crypto::Certificate certificate(const crypto::SigningKey& root) {
    auto body = federation.agents[delos].certificates.front().body;
    body.not_before = universe.wall();
    body.not_after = body.not_before + std::chrono::days(20);
    return crypto::certify(body, root, federation.charter.federation);
  }
  Result<void> take(std::size_t at, const crypto::Charter& charter,
                    std::vector<crypto::Certificate> own = {}) {
    return node(at).renew({.charter = charter, .certificates = std::move(own), .secrets = {}});
  }
};

}  // namespace

TEST_CASE("attack 30: neither recovery key nor thresholds alone install a new root") {
  Lost rig;
  const auto now = rig.universe.wall();
  auto alone = rig.amendment();
  REQUIRE(crypto::sign_charter(alone, "delos", rig.federation.recovery(delos)));
  CHECK(crypto::check_complete(alone, now).error().code == Errc::refused);
  auto behind = rig.amendment();
  REQUIRE(crypto::sign_charter(behind, "bleu", rig.federation.root(bleu)));
  REQUIRE(crypto::sign_charter(behind, "acme", rig.federation.root(acme)));
  REQUIRE(crypto::sign_charter(behind, "late", rig.federation.root(late)));
  CHECK(crypto::check_complete(behind, now).error().code == Errc::refused);
  CHECK(crypto::check_complete(rig.installed(), now));
}

TEST_CASE("attack 30: a stolen root neither signs its successor nor certifies anybody later") {
  Lost rig;
  auto amendment = rig.amendment();
  CHECK(crypto::sign_charter(amendment, "delos", rig.federation.root(delos)).error().code ==
        Errc::refused);
  rig.run_for(std::chrono::seconds(1));
  const auto charter = rig.installed();
  rig.run_for(std::chrono::seconds(1));
  mesh::Roster roster(charter);
  const auto now = rig.universe.wall();
  CHECK_FALSE(roster.check_agent(rig.certificate(rig.federation.root(delos)).encoded, now));
  CHECK(roster.check_agent(rig.certificate(rig.anew).encoded, now));
}

TEST_CASE("attack 30: old history verifies, and the new root's agent is heard by all") {
  Lost rig;
  rig.open(bleu);
  rig.open(delos, {bleu});
  REQUIRE(rig.connected(bleu, delos));
  rig.publish(delos, rig.note(delos, mesh::Tlp::green, all_members, "by the old root"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("by the old root"); }));
  rig.run_for(std::chrono::seconds(1));

  auto charter = rig.installed();
  const auto certificate = rig.certificate(rig.anew);
  charter.certificates.push_back(certificate.encoded);
  REQUIRE(rig.take(bleu, charter));
  REQUIRE(rig.take(delos, charter, {certificate}));
  rig.run_for(std::chrono::seconds(1));
  rig.publish(delos, rig.note(delos, mesh::Tlp::green, all_members, "by the new root"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("by the new root"); }));

  // One who comes later with the first charter gets all of it from Bleu, and so does one who was
  // given the second.
  rig.machine(delos).kill();
  rig.open(acme, {bleu});
  rig.federation.charter = charter;
  rig.open(late, {bleu});
  for (const auto who : {acme, late}) {
    CHECK(rig.until([&] {
      return rig.notes(who).has("by the old root") && rig.notes(who).has("by the new root");
    }));
    CHECK(rig.node(who).charter().body.version == 2);
  }
}
