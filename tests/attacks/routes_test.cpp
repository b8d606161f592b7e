// Attack 10 by way of routing: keys for newcomers that are none, and routes told by strangers.
#include "mesh/sync/scope_table.hpp"
#include "tests/attacks/hostile_agent.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

enum Who : std::size_t { bleu = 0, bsi = 1, delos = 2 };
const Audience both{false, {"bleu", "delos"}, {}};

struct Scene : SimRig {
  Scene() : SimRig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}}) {}
};

// What a taken-over agent of bleu writes: the keys of all scopes that it was given, for bsi.
std::vector<Bytes> stolen_keys(const Scene& rig, const HostileAgent& thief) {
  const auto options = rig.federation.options(bleu);
  const auto& to = rig.federation.agents[bsi];
  ScopeTable table(rig.federation.agents[bleu].id, options.sealing);
  SeededEntropy entropy(3);
  std::vector<Bytes> out;
  for (const auto& batch : thief.batches()) {
    if (batch.sealed()) continue;
    const auto opened = open_batch(batch, nullptr).value();
    for (const auto& record : opened.records) {
      if (record.header.kind != RecordKind::scope_key) continue;
      const auto scope = table.learn(record, batch.header.log.agent).value();
      const RecordHeader header{RecordKind::scope_wrap, {Tlp::green, Pap::green},
                                rig.universe.wall(), rig.federation.agents[bleu].id.prefix()};
      out.push_back(
          table.wrap_for(header, *table.find(scope), {{to.id, to.sealing}}, entropy).value());
    }
  }
  return out;
}

}  // namespace

TEST_CASE("attack 10: a member hands a scope's key to a third one, which cannot read by it") {
  Scene rig;
  rig.open(bsi);
  rig.open(delos, {bsi});
  REQUIRE(rig.connected(bsi, delos));
  HostileAgent thief(rig, bleu);
  auto& line = thief.dial(delos);
  REQUIRE(rig.until([&] { return line.up; }));
  rig.run_for(1s);
  const auto secret = rig.publish(delos, rig.note(delos, Tlp::amber, both, "secret in amber"));
  rig.run_for(1s);
  const auto keys = stolen_keys(rig, thief);
  REQUIRE(keys.size() == 1);
  const LogKey control{rig.federation.agents[bleu].id, 1, {}, LogClass::control};
  const auto options = rig.federation.options(bleu);
  const auto batch = sign_batch({control, 1, rig.universe.wall(), {}, keys}, options.signing,
                                rig.federation.charter.federation, nullptr,
                                rig.federation.entropy())
                         .value();
  thief.say(line, BatchMessage{batch.encoded, true});
  auto& other_line = thief.dial(bsi);
  thief.say(other_line, BatchMessage{batch.encoded, true});
  rig.run_for(8s);
  CHECK(rig.store(bsi).batch(control, 1).value());  // It came, and made nobody a reader.
  CHECK(rig.store(delos).batch(control, 1).value());
  CHECK_FALSE(rig.node(bsi).find(secret.id).value());
  // Nor what is said later: it carries that, sealed, for a reader that is out of reach.
  rig.universe.wires().cut({bleu + 1}, {delos + 1}, SimCut::reset);
  const auto later = rig.publish(delos, rig.note(delos, Tlp::amber, both, "a second secret"));
  rig.run_for(8s);
  CHECK(rig.store(bsi).batch(later.log, later.sequence).value());
  CHECK_FALSE(rig.node(bsi).find(later.id).value());
  CHECK(rig.notes(bsi).verified.empty());
}

TEST_CASE("attack 10: routes inside an organisation that a stranger tells end its session") {
  Scene rig;
  rig.open(delos);
  HostileAgent stranger(rig, bleu);
  auto& line = stranger.dial(delos);
  stranger.say(line, Routes{false, {"bsi"}, {}});
  CHECK(rig.until([&] { return line.ended; }));
  CHECK(rig.refused(delos, bleu)["refused"] == 1);
}
