#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

const Audience only_both{false, {"bleu", "delos"}, {}};

// Three agents each of bleu (0 to 2) and delos (3 to 5), all connected with all.
struct TwoSites : SimNodes {
  TwoSites() : SimNodes({{"bleu", crypto::OrgRole::operator_, 3},
                         {"delos", crypto::OrgRole::operator_, 3}}) {
    for (std::size_t i = 0; i < 6; ++i) {
      std::vector<std::size_t> dials;
      for (std::size_t j = 0; j < i; ++j) dials.push_back(j);
      open(i, dials);
    }
    for (std::size_t i = 0; i < 6; ++i)
      for (std::size_t j = 0; j < i; ++j) REQUIRE(connected(i, j));
    (void)universe.run_for(1s).value();
  }
  std::size_t gateway_of(std::size_t first) const {
    std::size_t out = first;
    for (auto i = first; i < first + 3; ++i)
      if (federation.agents[i].id < federation.agents[out].id) out = i;
    return out;
  }
  PeerStatus shown(std::size_t at, std::size_t peer) {
    for (auto& status : node(at).peers())
      if (status.agent == federation.agents[peer].name) return status;
    FAIL("no such peer");
    return {};
  }
  bool all_of_bleu_have(std::string_view text) {
    return notes(0).has(text) && notes(1).has(text) && notes(2).has(text);
  }
};

bool disk_shows(MemoryBacking& disk, std::string_view text) {
  for (const auto& [name, placed] : disk.batches)
    if (text_of(*placed.batch.encoded).find(text) != std::string_view::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("a batch crosses the border once per organisation, and comes once to each agent") {
  TwoSites sites;
  for (int i = 0; i < 10; ++i) {
    const auto text = "note " + std::to_string(i);
    const auto from = std::size_t(3 + i % 3);
    REQUIRE(sites.publish(from, {sites.note(from, Tlp::amber, only_both, text)}));
    REQUIRE(sites.until([&] { return sites.all_of_bleu_have(text); }));
    for (std::size_t at = 0; at < 3; ++at)
      CHECK(sites.notes(at).durable[text] ==
            (at == sites.gateway_of(0) ? "delos" : "bleu"));
  }
  (void)sites.universe.run_for(2s).value();
  for (std::size_t i = 0; i < 6; ++i) CHECK(sites.node(i).counters().duplicates == 0);
}

TEST_CASE("of each organisation one peer is shown as its gateway, and none as silent") {
  TwoSites sites;
  for (std::size_t peer = 0; peer < 3; ++peer) {
    const auto status = sites.shown(3, peer);
    CHECK(status.gateway == (peer == sites.gateway_of(0)));
    CHECK_FALSE(status.suspect);
  }
  sites.take_down(sites.gateway_of(0));
  REQUIRE(sites.until([&] {
    const auto status = sites.shown(3, sites.gateway_of(0));
    return status.state != PeerState::connected && !status.gateway;
  }));
}

TEST_CASE("when a gateway falls silent the next one takes over, and nothing is lost meanwhile") {
  TwoSites sites;
  const auto silent = sites.gateway_of(0);
  std::vector<std::uint32_t> others;
  for (std::size_t i = 0; i < 6; ++i)
    if (i != silent) others.push_back(sites.number(i));
  sites.universe.wires().cut({sites.number(silent)}, others, SimCut::stall);
  const auto held_by_others = [&](std::string_view text) {
    for (std::size_t i = 0; i < 3; ++i)
      if (i != silent && !sites.notes(i).has(text)) return false;
    return true;
  };
  REQUIRE(sites.publish(3, {sites.note(3, Tlp::amber, only_both, "into the silence")}));
  CHECK(sites.until([&] { return held_by_others("into the silence"); }, 2s));

  (void)sites.universe.run_for(1000ms).value();
  REQUIRE(sites.until([&] { return sites.shown(3, silent).suspect; }, 1500ms));
  CHECK_FALSE(sites.shown(3, silent).gateway);
  (void)sites.universe.run_for(500ms).value();
  REQUIRE(sites.publish(3, {sites.note(3, Tlp::amber, only_both, "by the next")}));
  // Faster than any comparison of heads: it was pushed.
  CHECK(sites.until([&] { return held_by_others("by the next"); }, 60ms));

  sites.universe.wires().heal();
  CHECK(sites.until([&] { return sites.all_of_bleu_have("into the silence") &&
                                 sites.all_of_bleu_have("by the next"); }));
}

TEST_CASE("a configured gateway is the one that partners send to, whatever its id") {
  SimNodes nodes({{"bleu", crypto::OrgRole::operator_, 2}, {"delos"}});
  const auto larger = std::size_t(nodes.federation.agents[0].id < nodes.federation.agents[1].id);
  nodes.gateway = larger;
  nodes.open(0);
  nodes.open(1, {0});
  nodes.open(2, {0, 1});
  REQUIRE(nodes.connected(0, 1));
  REQUIRE(nodes.connected(0, 2));
  REQUIRE(nodes.connected(1, 2));
  (void)nodes.universe.run_for(1s).value();
  REQUIRE(nodes.publish(2, {nodes.note(2, Tlp::green, to_all, "hello")}));
  REQUIRE(nodes.until([&] { return nodes.notes(0).has("hello") && nodes.notes(1).has("hello"); }));
  CHECK(nodes.notes(larger).durable["hello"] == "delos");
  CHECK(nodes.notes(1 - larger).durable["hello"] == "bleu");
}

TEST_CASE("an agent that reaches its own gateway only is heard abroad through it") {
  SimNodes nodes({{"bleu"}, {"delos", crypto::OrgRole::operator_, 3}});
  nodes.open(0);
  nodes.open(1, {0});
  nodes.open(2, {1});
  nodes.open(3, {1});
  REQUIRE(nodes.connected(0, 1));
  REQUIRE(nodes.connected(1, 2));
  REQUIRE(nodes.connected(1, 3));
  (void)nodes.universe.run_for(1s).value();
  REQUIRE(nodes.publish(2, {nodes.note(2, Tlp::amber, only_both, "from inside")}));
  CHECK(nodes.until([&] { return nodes.notes(0).has("from inside") &&
                                 nodes.notes(3).has("from inside"); }, 60ms));
}

TEST_CASE("a crashed origin's batch reaches its reader through a carrier that meets them in turn") {
  constexpr std::size_t bleu = 0, bsi = 1, delos = 2;
  SimNodes nodes({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  nodes.open(delos);
  REQUIRE(nodes.publish(delos, {nodes.note(delos, Tlp::amber, only_both, "while all were away")}));
  nodes.take_down(delos);

  nodes.open(bsi);
  nodes.open(delos, {bsi});
  REQUIRE(nodes.until([&] { return nodes.node(bsi).counters().carried > 0; }));
  (void)nodes.universe.run_for(1s).value();
  nodes.take_down(delos);
  nodes.take_down(bsi);

  nodes.open(bsi);
  nodes.open(bleu, {bsi});
  CHECK(nodes.until([&] { return nodes.notes(bleu).has("while all were away"); }));
  CHECK(nodes.notes(bleu).durable["while all were away"] == "bsi");
  CHECK(nodes.notes(bsi).durable.empty());
  CHECK_FALSE(disk_shows(nodes.disk(bsi), "while all were away"));

  // The answer goes the same way back.
  REQUIRE(nodes.publish(bleu, {nodes.note(bleu, Tlp::amber, only_both, "received")}));
  nodes.open(delos, {bsi});
  CHECK(nodes.until([&] { return nodes.notes(delos).has("received"); }));
  CHECK(nodes.notes(delos).durable["received"] == "bsi");
}

TEST_CASE("a carrier that comes back is not lent again what it carries already") {
  constexpr std::size_t bsi = 0, delos = 1;
  SimNodes nodes({{"bsi", crypto::OrgRole::authority}, {"delos"}, {"bleu"}});
  nodes.open(bsi);
  nodes.open(delos, {bsi});
  REQUIRE(nodes.connected(bsi, delos));
  REQUIRE(nodes.publish(delos, {nodes.note(delos, Tlp::amber, only_both, "one")}));
  REQUIRE(nodes.until([&] { return nodes.node(bsi).counters().carried > 0; }));
  for (int i = 0; i < 3; ++i) {
    nodes.universe.wires().cut({nodes.number(bsi)}, {nodes.number(delos)}, SimCut::reset);
    (void)nodes.universe.run_for(1s).value();
    nodes.universe.wires().heal();
    REQUIRE(nodes.until([&] { return nodes.node(delos).reachable("bsi"); }));
    (void)nodes.universe.run_for(2s).value();
  }
  CHECK(nodes.node(bsi).counters().duplicates == 0);
  REQUIRE(nodes.publish(delos, {nodes.note(delos, Tlp::amber, only_both, "two")}));
  CHECK(nodes.until([&] { return nodes.node(bsi).counters().carried > 1; }));
}

TEST_CASE("a carrier that reaches nobody does not end a batch's way") {
  // Of six organisations that could carry, only one reaches bleu; three are asked at first.
  std::vector<Federation::Org> orgs{{"bleu"}, {"delos"}};
  for (const auto* name : {"c1", "c2", "c3", "c4", "c5", "c6"})
    orgs.push_back({name, crypto::OrgRole::authority});
  SimNodes nodes(orgs);
  nodes.open(0);
  for (std::size_t i = 2; i < 8; ++i)
    nodes.open(i, i == 7 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{});
  nodes.open(1, {2, 3, 4, 5, 6, 7});
  for (std::size_t i = 2; i < 8; ++i) REQUIRE(nodes.connected(1, i));
  REQUIRE(nodes.connected(0, 7));
  REQUIRE(nodes.publish(1, {nodes.note(1, Tlp::amber, only_both, "somehow")}));
  CHECK(nodes.until([&] { return nodes.notes(0).has("somehow"); }, 12s));
}

TEST_CASE("RED is lent to nobody, however long its reader is away") {
  SimNodes nodes({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  nodes.open(1);
  nodes.open(2, {1});
  REQUIRE(nodes.connected(1, 2));
  const Audience anna{false, {}, {"bleu/anna", "delos/bert"}};
  REQUIRE(nodes.publish(2, {nodes.note(2, Tlp::red, anna, "for anna")}));
  (void)nodes.universe.run_for(12s).value();
  CHECK(nodes.node(1).counters().carried == 0);
}
