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
constexpr Instant started{};
const Instant later = started + Lending::settle;

AgentId agent_of(std::string_view org) {
  AgentId out;
  std::copy(org.begin(), org.end(), out.data.begin());
  return out;
}

// All have shown what they hold.
Lending::Reached reach(std::initializer_list<std::string> orgs) {
  Lending::Reached out;
  for (const auto& org : orgs) out[org] = agent_of(org);
  return out;
}

Lending of_bleu(std::uint64_t newest) {
  Lending out("delos", started);
  out.has(sealed_log, {"bleu"}, newest, false);
  return out;
}

}  // namespace

TEST_CASE("a batch is lent while its readers are out of reach, once, and no longer") {
  auto lending = of_bleu(2);
  CHECK(lending.errands(later, reach({"bleu", "bsi"})).empty());
  const auto errands = lending.errands(later, reach({"bsi"}));
  REQUIRE(errands.size() == 1);
  CHECK(errands[0] == Lending::Errand{agent_of("bsi"), sealed_log, {1, 2}});
  lending.given(errands[0], 1);
  CHECK(lending.errands(later, reach({"bsi"}))[0].range == SequenceRange{2, 2});
  lending.given(errands[0], 2);
  CHECK(lending.errands(later, reach({"bsi"})).empty());
  lending.has(sealed_log, {"bleu"}, 3, false);
  CHECK(lending.errands(later, reach({"bsi"}))[0].range == SequenceRange{3, 3});
}

TEST_CASE("what an organisation has shown to hold is not lent, the rest is") {
  auto lending = of_bleu(5);
  lending.shown(sealed_log, "bleu", 3);
  lending.shown(sealed_log, "bsi", 5);  // Not a reader: it says nothing about bleu.
  CHECK(lending.errands(later, reach({"bsi"}))[0].range == SequenceRange{4, 5});
  lending.shown(sealed_log, "bleu", 99);
  CHECK(lending.errands(later, reach({"bsi"})).empty());
}

TEST_CASE("a carrier whose connection broke gets its batches once more") {
  auto lending = of_bleu(1);
  lending.given(lending.errands(later, reach({"bsi"}))[0], 1);
  lending.lost(agent_of("bsi"));
  CHECK(lending.errands(later, reach({"bsi"})).size() == 1);
}

TEST_CASE("what a carrier shows to hold after its connection broke it is not given again") {
  auto lending = of_bleu(5);
  lending.given(lending.errands(later, reach({"bsi"}))[0], 5);
  lending.lost(agent_of("bsi"));
  CHECK(lending.errands(later, {{"bsi", std::nullopt}}).empty());  // It has shown nothing yet.
  lending.holds({sealed_log, 2, 0, {}, {{4, 4}}}, agent_of("bsi"));
  const auto errands = lending.errands(later, reach({"bsi"}));
  REQUIRE(errands.size() == 2);
  CHECK(errands[0].range == SequenceRange{3, 3});
  CHECK(errands[1].range == SequenceRange{5, 5});
}

TEST_CASE("what a carrier shows to hold takes the place of what it showed before") {
  auto lending = of_bleu(6);
  lending.holds({sealed_log, 3, 0, {}, {{5, 5}}}, agent_of("bsi"));
  lending.holds({sealed_log, 1, 0, {}, {{3, 4}}}, agent_of("bsi"));
  const auto errands = lending.errands(later, reach({"bsi"}));
  REQUIRE(errands.size() == 2);
  CHECK(errands[0].range == SequenceRange{2, 2});
  CHECK(errands[1].range == SequenceRange{5, 6});
  // What is on its way to it is not given again because it has not shown it yet.
  for (const auto& errand : errands) lending.given(errand, errand.range.last);
  lending.holds({sealed_log, 2, 0, {}, {}}, agent_of("bsi"));
  CHECK(lending.errands(later, reach({"bsi"})).size() == 1);
  CHECK(lending.errands(later, reach({"bsi"}))[0].range == SequenceRange{3, 4});
}

TEST_CASE("what a carrier claims beyond the newest batch, or in too many ranges, is not kept") {
  auto lending = of_bleu(4);
  lending.holds({sealed_log, 99, 0, {}, {}}, agent_of("bsi"));
  lending.has(sealed_log, {"bleu"}, 6, false);
  auto errands = lending.errands(later, reach({"bsi"}));
  REQUIRE(errands.size() == 1);
  CHECK(errands[0].range == SequenceRange{5, 6});

  lending.has(sealed_log, {"bleu"}, 4 * head_ranges_max, false);
  LogHead many{sealed_log, 0, 0, {}, {}};
  for (std::uint64_t i = 1; i <= 2 * head_ranges_max; ++i) many.ranges.push_back({2 * i, 2 * i});
  lending.holds(many, agent_of("bsi"));
  CHECK(lending.errands(later, reach({"bsi"})).size() == head_ranges_max + 1);
}

TEST_CASE("a carrier keeps what it was given while others of its organisation come and go") {
  auto lending = of_bleu(1);
  lending.given(lending.errands(later, reach({"bsi"}))[0], 1);
  lending.lost(agent(9));
  CHECK(lending.errands(later, reach({"bsi"})).empty());
  // Once another one speaks for the organisation it is given its own copy, and one of each.
  const Lending::Reached other{{"bsi", agent(9)}};
  lending.given(lending.errands(later, other)[0], 1);
  CHECK(lending.errands(later, other).empty());
  CHECK(lending.errands(later, reach({"bsi"})).empty());
}

TEST_CASE("what a further organisation turns out to lack is lent too, below what was given") {
  Lending lending("delos", started);
  lending.has(sealed_log, {"bleu", "sncf"}, 8, false);
  lending.shown(sealed_log, "bleu", 4);
  lending.given(lending.errands(later, reach({"bsi", "sncf"}))[0], 8);
  const auto errands = lending.errands(later, reach({"bsi"}));
  REQUIRE(errands.size() == 1);
  CHECK(errands[0].range == SequenceRange{1, 4});
}

TEST_CASE("the own organisation's agents read what is sealed here, and are lent nothing") {
  auto lending = of_bleu(1);
  CHECK(lending.errands(later, reach({"delos"})).empty());
  const auto errands = lending.errands(later, reach({"bsi", "delos"}));
  REQUIRE(errands.size() == 1);
  CHECK(errands[0].carrier == agent_of("bsi"));
}

TEST_CASE("few carry at first, and more and more while nothing shows that it arrived") {
  auto lending = of_bleu(1);
  const auto others = reach({"a", "b", "c", "d", "e", "f", "g"});
  std::set<AgentId> asked;
  for (auto now = later; now < later + std::chrono::seconds(11);
       now = now + std::chrono::milliseconds(250)) {
    for (const auto& errand : lending.errands(now, others)) {
      asked.insert(errand.carrier);
      lending.given(errand, 1);
    }
    if (now < later + std::chrono::seconds(5)) CHECK(asked.size() == Lending::carriers_first);
  }
  CHECK(asked.size() == others.size());
}

TEST_CASE("readers that are reached count among those that carry to the others") {
  Lending lending("delos", started);
  lending.has(sealed_log, {"bleu", "delos", "sncf"}, 1, false);
  CHECK(lending.errands(later, reach({"delos", "a", "b", "c"})).size() == 2);
  CHECK(lending.errands(later, reach({"delos", "bleu", "a", "b", "c"})).size() == 1);
}

TEST_CASE("after a start old batches wait for their readers, then they are lent; new ones at once") {
  Lending lending("delos", started);
  lending.has(sealed_log, {"bleu"}, 2, true);
  CHECK(lending.errands(started, reach({"bsi"})).empty());
  lending.has(sealed_log, {"bleu"}, 3, false);
  CHECK(lending.errands(started, reach({"bsi"}))[0].range == SequenceRange{3, 3});
  CHECK(lending.errands(later, reach({"bsi"}))[0].range == SequenceRange{1, 3});
}

TEST_CASE("what was shown outlives a crash as facts, and nonsense among them does no harm") {
  auto lending = of_bleu(5);
  lending.shown(sealed_log, "bleu", 4);
  const auto facts = lending.take_changes();
  REQUIRE(facts.size() == 1);
  CHECK(lending.take_changes().empty());
  Lending again("delos", started);
  again.restore(facts[0].first, facts[0].second);
  again.restore(facts[0].first, bytes_of("x"));
  again.restore(bytes_of("shown/"), facts[0].second);
  again.has(sealed_log, {"bleu"}, 5, true);
  CHECK(again.errands(later, reach({"bsi"}))[0].range == SequenceRange{5, 5});
}

TEST_CASE("of a log only so many are lent, the newest") {
  const auto lending_errands = of_bleu(Lending::lent_max + 10).errands(later, reach({"bsi"}));
  CHECK(lending_errands[0].range == SequenceRange{11, Lending::lent_max + 10});
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
