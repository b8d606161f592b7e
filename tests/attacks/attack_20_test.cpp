// Attack 20: the charter is rolled back to an older version, replaced by a rival one, or frozen
// until it runs out.
#include "crypto/charter_chain.hpp"
#include "mesh/sync/succession.hpp"
#include "tests/attacks/sim_rig.hpp"
#include "tests/playbooks/runs/two_operators.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1, acme = 2;

struct Line : SimRig {
  Line() : SimRig({{"bleu"}, {"delos"}, {"acme"}}) {
    open(bleu);
    open(delos, {bleu});
    REQUIRE(connected(bleu, delos));
  }
  /// The version after `before`, told apart from others by `days`.
  crypto::Charter after(const crypto::Charter& before, int days,
                        std::vector<std::size_t> signers) {
    auto wish = before.body;
    wish.expires = wish.expires + std::chrono::days(days);
    auto next = crypto::amend_charter(before, wish).value();
    for (const auto signer : signers)
      REQUIRE(crypto::sign_charter(next, federation.agents[signer].org, federation.root(signer)));
    return next;
  }
  Result<void> take(std::size_t at, const crypto::Charter& charter) {
    return node(at).renew({.charter = charter, .certificates = {}, .secrets = {}});
  }
  mesh::Draft record_of(std::size_t from, const crypto::Charter& charter) {
    const mesh::RecordHeader header{mesh::RecordKind::trust,
                                    {mesh::Tlp::green, mesh::Pap::green},
                                    universe.wall(),
                                    node(from).author()};
    return {mesh::RecordKind::trust, header.marking, all_members, mesh::LogClass::control,
            mesh::encode_charter_record(header, mesh::offered_from(charter)).value()};
  }
};

}  // namespace

TEST_CASE("attack 20: an older charter is not taken from a file") {
  Line line;
  const auto second = line.after(line.federation.charter, 1, {bleu, delos});
  REQUIRE(line.take(bleu, second));
  CHECK_FALSE(line.take(bleu, line.federation.charter));
  CHECK(line.node(bleu).charter().body.version == 2);
}

TEST_CASE("attack 20: a rival charter of the same version is not taken from a file") {
  Line line;
  REQUIRE(line.take(bleu, line.after(line.federation.charter, 1, {bleu, delos})));
  const auto rival = line.after(line.federation.charter, 2, {delos, acme});
  CHECK_FALSE(line.take(bleu, rival));
  CHECK_FALSE(line.take(bleu, line.after(rival, 1, {delos, acme})));
  CHECK(line.node(bleu).charter().body.expires ==
        line.federation.charter.body.expires + std::chrono::days(1));
}

TEST_CASE("attack 20: neither an older nor a rival nor an unsigned charter is taken from the mesh") {
  Line line;
  const auto second = line.after(line.federation.charter, 1, {bleu, delos});
  REQUIRE(line.take(bleu, second));
  REQUIRE(line.until([&] { return line.node(delos).charter().body.version == 2; }));
  const auto rival = line.after(line.federation.charter, 2, {delos, acme});
  line.publish(delos, line.record_of(delos, rival));
  line.publish(delos, line.record_of(delos, line.after(rival, 1, {delos, acme})));
  line.publish(delos, line.record_of(delos, line.after(second, 3, {delos})));
  line.run_for(std::chrono::seconds(2));
  CHECK(line.node(bleu).charter().body_text == second.body_text);
  CHECK(line.node(bleu).counters().refused["charter"] == 2);
  // The true third one still comes through.
  const auto third = line.after(second, 4, {bleu, acme});
  line.publish(delos, line.record_of(delos, third));
  CHECK(line.until([&] { return line.node(bleu).charter().body_text == third.body_text; }));
}

TEST_CASE("attack 20: what came over the mesh is not forgotten by a restart on the old file") {
  Line line;
  REQUIRE(line.take(bleu, line.after(line.federation.charter, 1, {bleu, delos})));
  REQUIRE(line.until([&] { return line.node(delos).charter().body.version == 2; }));
  line.run_for(std::chrono::seconds(1));
  line.kill_and_reopen(delos);
  CHECK(line.node(delos).charter().body.version == 2);
}

TEST_CASE("attack 20: a charter that was frozen until it ran out carries no joint effect") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
  world.charter.body.expires = world.now;
  REQUIRE(world.approve(world.bleu, run, step, "bsi/hans").has_value() == false);
  world.exchange();
  CHECK(world.delos.effects_done == 0);
  CHECK(world.status(world.delos, run, step).state == StepState::approval);
  // Its own approver still defends it, for no longer than local effects live.
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  world.exchange();
  CHECK(world.delos.effects_done == 1);
  const auto local = world.charter.policy("block")->local_ttl_max;
  for (const auto& effect : world.delos.engine->effects(true))
    CHECK(effect.until <= world.now + local);
}

TEST_CASE("attack 20: under a charter that ran out nothing pre-authorised is blocked") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-standing.json"));
  for (const auto* person : {"delos/anna", "bleu/luc"}) {
    const auto& who = world.people.at(person).certificate;
    const StandingBody terms{playbook,  "block", {mesh::IndicatorType::ipv4}, 50, 2,
                             world.now, world.now + std::chrono::hours(24), Trigger::indicator,
                             who.org,   who.name};
    auto& at = who.org == "delos" ? world.delos : world.bleu;
    REQUIRE(world.submit(at, world.sign(encode_standing_body(terms), person)));
  }
  world.exchange();
  const auto arrives = [&](const std::string& value) {
    const auto facts = world.known(value, {mesh::Tlp::amber, mesh::Pap::green});
    world.perform(world.bleu, world.bleu.engine->on_indicator(facts, world.now));
    return world.bleu.edl->content();
  };
  CHECK(arrives("192.0.2.7") == "192.0.2.7\n");
  world.charter.body.expires = world.now;
  CHECK(arrives("192.0.2.8") == "192.0.2.7\n");
}
