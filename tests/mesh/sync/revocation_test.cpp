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
