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
using Connected = std::set<std::string>;

Lending of_bleu(std::uint64_t newest) {
  Lending out(started);
  out.has(sealed_log, {"bleu"}, newest, false);
  return out;
}

}  // namespace

TEST_CASE("a batch is lent while its readers are out of reach, once, and no longer") {
  auto lending = of_bleu(2);
  CHECK(lending.errands(later, {"bleu", "bsi"}).empty());
  const auto errands = lending.errands(later, {"bsi"});
  REQUIRE(errands.size() == 1);
  CHECK(errands[0] == Lending::Errand{"bsi", sealed_log, {1, 2}});
  lending.given(errands[0], 1);
  CHECK(lending.errands(later, {"bsi"})[0].range == SequenceRange{2, 2});
  lending.given(errands[0], 2);
  CHECK(lending.errands(later, {"bsi"}).empty());
  lending.has(sealed_log, {"bleu"}, 3, false);
  CHECK(lending.errands(later, {"bsi"})[0].range == SequenceRange{3, 3});
}

TEST_CASE("what an organisation has shown to hold is not lent, the rest is") {
  auto lending = of_bleu(5);
  lending.shown(sealed_log, "bleu", 3);
  lending.shown(sealed_log, "bsi", 5);  // Not a reader: it says nothing about bleu.
  CHECK(lending.errands(later, {"bsi"})[0].range == SequenceRange{4, 5});
  lending.shown(sealed_log, "bleu", 99);
  CHECK(lending.errands(later, {"bsi"}).empty());
}

TEST_CASE("a carrier whose connection broke gets its batches once more") {
  auto lending = of_bleu(1);
  lending.given(lending.errands(later, {"bsi"})[0], 1);
  lending.lost("bsi");
  CHECK(lending.errands(later, {"bsi"}).size() == 1);
}

TEST_CASE("few carry at first, and more and more while nothing shows that it arrived") {
  auto lending = of_bleu(1);
  const Connected others{"a", "b", "c", "d", "e", "f", "g"};
  std::set<std::string> asked;
  for (auto now = later; now < later + std::chrono::seconds(11);
       now = now + std::chrono::milliseconds(250)) {
    for (const auto& errand : lending.errands(now, others)) {
      asked.insert(errand.carrier);
      lending.given(errand, 1);
    }
    if (now < later + std::chrono::seconds(5)) CHECK(asked.size() == Lending::carriers_first);
  }
  CHECK(asked == others);
}

TEST_CASE("readers that are reached count among those that carry to the others") {
  Lending lending(started);
  lending.has(sealed_log, {"bleu", "delos", "sncf"}, 1, false);
  CHECK(lending.errands(later, {"delos", "a", "b", "c"}).size() == 2);
  CHECK(lending.errands(later, {"delos", "bleu", "a", "b", "c"}).size() == 1);
}

TEST_CASE("after a start old batches wait for their readers, then they are lent; new ones at once") {
  Lending lending(started);
  lending.has(sealed_log, {"bleu"}, 2, true);
  CHECK(lending.errands(started, {"bsi"}).empty());
  lending.has(sealed_log, {"bleu"}, 3, false);
  CHECK(lending.errands(started, {"bsi"})[0].range == SequenceRange{3, 3});
  CHECK(lending.errands(later, {"bsi"})[0].range == SequenceRange{1, 3});
}

TEST_CASE("what was shown outlives a crash as facts, and nonsense among them does no harm") {
  auto lending = of_bleu(5);
  lending.shown(sealed_log, "bleu", 4);
  const auto facts = lending.take_changes();
  REQUIRE(facts.size() == 1);
  CHECK(lending.take_changes().empty());
  Lending again(started);
  again.restore(facts[0].first, facts[0].second);
  again.restore(facts[0].first, bytes_of("x"));
  again.restore(bytes_of("shown/"), facts[0].second);
  again.has(sealed_log, {"bleu"}, 5, true);
  CHECK(again.errands(later, {"bsi"})[0].range == SequenceRange{5, 5});
}

TEST_CASE("of a log only so many are lent, the newest") {
  const auto lending_errands = of_bleu(Lending::lent_max + 10).errands(later, {"bsi"});
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
