#include "mesh/sync/revocation.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("attack 4: a revoked agent is cut off within five seconds and stays outside") {
  NodeRig rig({{"bleu"}, {"delos", crypto::OrgRole::operator_, 2}});
  rig.open(0);
  rig.open(1, {0});
  rig.open(2, {0});
  REQUIRE(rig.connected(0, 1));
  REQUIRE(rig.connected(0, 2));

  const auto now = rig.real.world().clock.wall();
  const Marking green{Tlp::green, Pap::green};
  const RecordHeader header{RecordKind::revocation, green, now, rig.node(1).author()};
  const Revocation lost{"delos", rig.federation.agents[2].id, now, "stolen", {}};
  const auto record = encode_revocation(header, lost, rig.federation.root(1),
                                        rig.federation.charter.federation);
  REQUIRE(rig.publish(1, {{RecordKind::revocation, green, everybody, LogClass::control, record}}));
  const auto is_out = [&] {
    for (const auto& peer : rig.node(0).peers())
      if (peer.agent == "delos-2") return peer.state == PeerState::revoked;
    return false;
  };
  REQUIRE(rig.until(is_out, std::chrono::seconds(5)));
  CHECK(rig.node(0).is_revoked(rig.federation.agents[2].id));

  // It dials again and again, is let in no more, and nothing that it says counts.
  const auto thief_is_in = [&] {
    for (const auto& peer : rig.node(2).peers())
      if (peer.org == "bleu" && peer.state == PeerState::connected) return true;
    return false;
  };
  REQUIRE(rig.until([&] { return !thief_is_in(); }, std::chrono::seconds(5)));
  CHECK_FALSE(rig.until(thief_is_in, std::chrono::seconds(3)));
  REQUIRE(rig.publish(2, {rig.note(2, Tlp::green, everybody, "from the thief")}));
  CHECK_FALSE(rig.until([&] { return rig.notes(0).has("from the thief"); },
                        std::chrono::milliseconds(800)));
  CHECK(is_out());
}
