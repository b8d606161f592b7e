#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, bsi = 1, delos = 2;

struct Rig : SimNodes {
  Rig() : SimNodes({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}}) {
    open(bleu);
    open(bsi, {bleu});
    open(delos, {bleu, bsi});
    REQUIRE(connected(bleu, delos));
    REQUIRE(connected(bsi, delos));
    REQUIRE(connected(bleu, bsi));
  }
  Published shared(Tlp tlp, const Audience& audience, std::string_view text) {
    const auto draft = note(delos, tlp, audience, text);
    const auto place = publish(delos, {draft}).value().at(0);
    REQUIRE(until([&] { return notes(bleu).has(text); }));
    return place;
  }
};

}  // namespace

TEST_CASE("a record is found by its digest with everything about its coming") {
  Rig rig;
  const auto place = rig.shared(Tlp::amber, to_both, "hush");
  const auto found = rig.node(bleu).find(place.id);
  REQUIRE(found);
  REQUIRE(found->has_value());
  CHECK(crypto::blake2b((*found)->record) == place.id);
  CHECK((*found)->org == "delos");
  CHECK((*found)->agent == "delos-1");
  CHECK((*found)->log == place.log);
  CHECK((*found)->sequence == place.sequence);
  CHECK((*found)->audience == to_both);
  CHECK((*found)->via == "delos");
  CHECK((*found)->received <= rig.universe.wall());
  CHECK((*found)->received > rig.universe.wall() - 10s);

  const auto own = rig.node(delos).find(place.id);
  REQUIRE(own->has_value());
  CHECK((*own)->via.empty());
  const auto same = rig.node(bleu).at((*found)->ordinal);
  REQUIRE(same->has_value());
  CHECK((*same)->record == (*found)->record);
}

TEST_CASE("what is unknown, or only carried, is not found") {
  Rig rig;
  rig.node(delos).cut("bleu", true);
  const auto draft = rig.note(delos, Tlp::amber, to_both, "by way of the authority");
  const auto place = rig.publish(delos, {draft}).value().at(0);
  REQUIRE(rig.until([&] { return rig.node(bsi).counters().carried > 0; }));
  CHECK_FALSE(rig.node(bsi).find(place.id)->has_value());
  CHECK_FALSE(rig.node(bsi).find(Digest{})->has_value());
}

TEST_CASE("a record is shown by its ordinal, and nothing beyond the last") {
  Rig rig;
  const auto place = rig.shared(Tlp::green, to_all, "hello");
  const auto ordinal = rig.node(bleu).find(place.id).value()->ordinal;
  Digest shown;
  const auto show = [&](std::uint64_t at) {
    return rig.node(bleu).with_record(at, [&](const RecordView& r) { shown = r.id(); }).value();
  };
  CHECK(show(ordinal));
  CHECK(shown == place.id);
  CHECK_FALSE(show(ordinal + 1000));
  CHECK_FALSE(rig.node(bleu).at(ordinal + 1000)->has_value());
}

TEST_CASE("two agents that hold the same show the same digest of what both may read") {
  Rig rig;
  rig.shared(Tlp::amber, to_both, "hush");
  REQUIRE(rig.until([&] {
    return rig.node(bleu).heads_digest("delos") == rig.node(delos).heads_digest("bleu");
  }));
  const auto with_bleu = rig.node(delos).heads_digest("bleu");
  const auto with_bsi = rig.node(delos).heads_digest("bsi");
  CHECK(with_bleu != with_bsi);
  REQUIRE(rig.publish(delos, {rig.note(delos, Tlp::amber, {false, {"delos"}, {}}, "ours")}));
  CHECK(rig.node(delos).heads_digest() != with_bleu);
}

TEST_CASE("a peer's standing tells how far behind it leaves us") {
  Rig rig;
  rig.shared(Tlp::green, to_all, "hello");
  REQUIRE(rig.until([&] {
    for (const auto& peer : rig.node(bleu).peers())
      if (peer.behind != 0) return false;
    return true;
  }));
  const auto peers = rig.node(bleu).peers();
  REQUIRE(peers.size() == 2);
  for (const auto& peer : peers) {
    CHECK(peer.state == PeerState::connected);
    CHECK(peer.last_seen > rig.universe.wall() - 5s);
  }
}

TEST_CASE("the certificate of an analyst is known once it was shared") {
  Rig rig;
  CHECK_FALSE(rig.node(bleu).analyst("delos", "ana"));
  auto body = rig.federation.agents[delos].certificates[0].body;
  body.kind = crypto::CertificateKind::analyst;
  body.name = "ana";
  body.channel = {};
  body.roles = 1;
  const auto certificate =
      crypto::certify(rig.federation.proven_by(delos, body), rig.federation.root(2),
                      rig.federation.charter.federation);
  const Marking marking{Tlp::green, Pap::green};
  auto record = encode_certificate_record(
      {RecordKind::certificate, marking, rig.universe.wall(), rig.node(delos).author()},
      certificate.encoded);
  REQUIRE(rig.publish(delos, {{RecordKind::certificate, marking, to_all, LogClass::control,
                               std::move(record)}}));
  REQUIRE(rig.until([&] { return rig.node(bleu).analyst("delos", "ana").has_value(); }));
  CHECK(rig.node(bleu).analyst("delos", "ana")->encoded == certificate.encoded);
  CHECK(rig.node(bleu).analysts().size() == 1);
}

TEST_CASE("a peer that is added later is dialled") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(0);
  nodes.open(1);
  (void)nodes.universe.run_for(5s);
  CHECK_FALSE(nodes.node(1).reachable("bleu"));
  nodes.node(1).add_peer(nodes.federation.peer(0, {nodes.address(0)}));
  CHECK(nodes.connected(0, 1));
}
