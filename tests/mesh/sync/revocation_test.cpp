#include "mesh/sync/revocation.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

Bytes revoke(NodeRig& rig, std::size_t publisher, std::size_t agent, std::size_t root,
             std::vector<LastGood> good = {}) {
  const auto now = rig.real.world().clock.wall();
  const RecordHeader header{RecordKind::revocation, {Tlp::green, Pap::green}, now,
                            rig.federation.agents[publisher].id.prefix()};
  return encode_revocation(header,
                           {rig.federation.agents[agent].org, rig.federation.agents[agent].id,
                            now, "key lost", std::move(good)},
                           rig.federation.root(root), rig.federation.charter.federation);
}

}  // namespace

TEST_CASE("a revocation counts only under the root of the agent's organisation") {
  NodeRig rig({{"bleu"}, {"delos"}});
  const auto good = revoke(rig, 0, 1, 1);
  const auto read = check_revocation(*view_record(good), rig.federation.charter);
  REQUIRE(read);
  CHECK(read->agent == rig.federation.agents[1].id);
  CHECK(read->reason == "key lost");
  const auto forged = revoke(rig, 0, 1, 0);
  CHECK(check_revocation(*view_record(forged), rig.federation.charter).error().code ==
        Errc::unauthenticated);
}

TEST_CASE("what an agent signed before its last good batch stays trusted") {
  NodeRig rig({{"bleu"}, {"delos"}});
  const LogKey log{rig.federation.agents[1].id, 5, {}, LogClass::case_};
  const auto record = revoke(rig, 0, 1, 1, {{log, 7, Digest{}}});
  Roster roster(rig.federation.charter);
  CHECK(roster.trusted(log, 8));
  CHECK(roster.revoke(*check_revocation(*view_record(record), rig.federation.charter)));
  CHECK(roster.is_revoked(rig.federation.agents[1].id));
  CHECK(roster.trusted(log, 7));
  CHECK_FALSE(roster.trusted(log, 8));
  CHECK_FALSE(roster.trusted({log.agent, 6, {}, LogClass::case_}, 1));
}

TEST_CASE("a revocation can be passed on by another agent, in the root's own words") {
  NodeRig rig({{"bleu"}, {"delos"}});
  const auto first = revoke(rig, 0, 1, 1);
  const auto words = check_revocation(*view_record(first), rig.federation.charter);
  REQUIRE(words);
  const RecordHeader header{RecordKind::revocation, {Tlp::green, Pap::green},
                            rig.real.world().clock.wall(), rig.federation.agents[1].id.prefix()};
  const auto again = encode_revocation(header, *words);
  REQUIRE(check_revocation(*view_record(again), rig.federation.charter));
}

TEST_CASE("nobody revokes the agent of somebody else") {
  NodeRig rig({{"bleu"}, {"delos"}});
  Roster roster(rig.federation.charter);
  auto foreign = Revocation{"bleu", rig.federation.agents[1].id, {}, "ours now", {}};
  CHECK(roster.revoke(foreign));
  CHECK_FALSE(roster.is_revoked(rig.federation.agents[1].id));
  CHECK(roster.trusted({rig.federation.agents[1].id, 1, {}, LogClass::case_}, 1));
  // It does not stand in the way of the true one either.
  CHECK(roster.revoke({"delos", rig.federation.agents[1].id, {}, "lost", {}}));
  CHECK(roster.is_revoked(rig.federation.agents[1].id));
}

TEST_CASE("a person is revoked too, whether certificate or revocation came first") {
  NodeRig rig({{"bleu"}, {"delos"}});
  const auto now = rig.real.world().clock.wall();
  auto& entropy = rig.federation.entropy();
  const auto signing = crypto::SigningKey::make(entropy);
  const crypto::CertificateBody body{
      crypto::CertificateKind::analyst, "delos", "anna", signing.public_key(), {},
      crypto::ExchangeKey::make(entropy).public_key(),
      std::uint8_t(crypto::AnalystRole::approver), now, now + std::chrono::hours(24)};
  const auto certificate =
      crypto::certify(proven(body, signing), rig.federation.root(1),
                      rig.federation.charter.federation);
  for (const bool early : {true, false}) {
    Roster roster(rig.federation.charter);
    if (early) roster.revoke({"delos", body.id(), now, "left", {}});
    REQUIRE(roster.add(certificate.encoded));
    CHECK(roster.is_revoked(body.id()) == early);
    roster.revoke({"delos", body.id(), now, "left", {}});
    CHECK(roster.is_revoked(body.id()));
  }
}

TEST_CASE("an agent that revokes a sister cuts her off itself, and knows it after a restart") {
  NodeRig rig({{"delos", crypto::OrgRole::operator_, 2}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  const auto record = revoke(rig, 0, 1, 0, rig.node(0).heads_of(rig.federation.agents[1].id));
  const Marking green{Tlp::green, Pap::green};
  REQUIRE(rig.publish(0, {{RecordKind::revocation, green, everybody, LogClass::control, record}}));
  const auto is_out = [&] {
    for (const auto& peer : rig.node(0).peers())
      if (peer.agent == "delos-2") return peer.state == PeerState::revoked;
    return false;
  };
  REQUIRE(rig.until(is_out, std::chrono::seconds(5)));
  rig.close(0);
  rig.open(0, {1});
  const auto peers = rig.node(0).peers();
  REQUIRE(peers.size() == 1);
  CHECK(peers.front().state == PeerState::revoked);
}

TEST_CASE("the heads of an agent name its last batch in each log") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.publish(1, {rig.note(1, Tlp::green, everybody, "one")}));
  const auto second = rig.publish(1, {rig.note(1, Tlp::green, everybody, "two")});
  REQUIRE(second);
  REQUIRE(rig.until([&] { return rig.notes(0).has("two"); }));
  const auto heads = rig.node(0).heads_of(rig.federation.agents[1].id);
  const auto at = std::find_if(heads.begin(), heads.end(), [&](const LastGood& head) {
    return head.log == second->front().log;
  });
  REQUIRE(at != heads.end());
  CHECK(at->sequence == second->front().sequence);
  CHECK(rig.node(0).agent_named("delos", "delos-1") == rig.federation.agents[1].id);
}

TEST_CASE("a revocation names as many logs as fit, and one more is refused") {
  NodeRig rig({{"bleu"}, {"delos"}});
  std::vector<LastGood> good;
  for (std::uint64_t epoch = 1; epoch <= revocation_logs_max; ++epoch)
    good.push_back({{rig.federation.agents[1].id, epoch, {}, LogClass::case_}, epoch, {}});
  const auto record = revoke(rig, 0, 1, 1, good);
  CHECK(record.size() <= record_bytes_max);
  const auto read = check_revocation(*view_record(record), rig.federation.charter);
  REQUIRE(read);
  CHECK(read->last_good.size() == revocation_logs_max);
  good.push_back({{rig.federation.agents[1].id, 9999, {}, LogClass::case_}, 1, {}});
  CHECK(check_revocation(*view_record(revoke(rig, 0, 1, 1, good)), rig.federation.charter)
            .error()
            .code == Errc::too_large);
}
