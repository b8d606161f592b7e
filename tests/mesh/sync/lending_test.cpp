#include "mesh/sync/lending.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}
const LogKey sealed_log{agent(1), 7, ScopeId{{9}}, LogClass::case_};

}  // namespace

TEST_CASE("a batch is lent while a recipient is not connected, and no longer once it is") {
  Lending lending;
  CHECK_FALSE(lending.published(sealed_log, 1, {agent(1), agent(2)}, {agent(2)}, Instant{}));
  CHECK(lending.published(sealed_log, 2, {agent(1), agent(2)}, {agent(3)}, Instant{}));
  REQUIRE(lending.all().size() == 1);
  CHECK(lending.all()[0].sequence == 2);
  lending.reached(agent(2));
  CHECK(lending.all().empty());
}

TEST_CASE("what was pushed just before a connection broke is lent") {
  Lending lending;
  lending.published(sealed_log, 1, {agent(2)}, {agent(2)}, Instant{});
  lending.published(sealed_log, 2, {agent(2)}, {agent(2)}, Instant{std::chrono::seconds(8)});
  const auto doubtful = lending.lost(agent(2), Instant{std::chrono::seconds(9)});
  REQUIRE(doubtful.size() == 1);
  CHECK(doubtful[0].sequence == 2);
}

TEST_CASE("an AMBER record reaches a partner through an authority that cannot read it") {
  NodeRig rig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  rig.open(2, {0, 1});
  REQUIRE(rig.connected(0, 2));
  REQUIRE(rig.connected(1, 2));
  REQUIRE(rig.connected(0, 1));
  const auto both = orgs({"bleu", "delos"});
  REQUIRE(rig.publish(2, {rig.note(2, Tlp::amber, both, "direct")}));
  REQUIRE(rig.until([&] { return rig.notes(0).has("direct"); }));
  CHECK(rig.notes(0).durable["direct"] == "delos");

  rig.node(2).cut("bleu", true);
  REQUIRE(rig.until([&] { return !rig.node(2).reachable("bleu"); }));
  REQUIRE(rig.publish(2, {rig.note(2, Tlp::amber, both, "by way of the authority")}));
  REQUIRE(rig.until([&] { return rig.notes(0).has("by way of the authority"); }));
  CHECK(rig.notes(0).durable["by way of the authority"] == "bsi");
  CHECK(rig.notes(1).durable.empty());
  CHECK(rig.node(1).counters().carried >= 1);

  rig.node(2).cut("bleu", false);
  REQUIRE(rig.connected(0, 2));
  CHECK(rig.node(0).heads_digest("delos") == rig.node(2).heads_digest("bleu"));
}
