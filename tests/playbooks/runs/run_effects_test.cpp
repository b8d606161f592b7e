#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {
namespace {

struct Blocked {
  TwoOperators world;
  Digest playbook = world.share(TwoOperators::shipped("block-address.json"));
  RunId run;
  std::string step = world.step_of(playbook, "delos", "edl");

  explicit Blocked(bool hold = false) {
    world.known("192.0.2.7", {mesh::Tlp::amber, mesh::Pap::green});
    world.delos.hold_effects = hold;
    run = world.start(playbook, "192.0.2.7");
    REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
    world.exchange();
    REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
    world.exchange();
  }
  EffectState state() {
    for (const auto& effect : world.bleu.engine->effects(false)) return effect.state;
    return {};
  }
};

}  // namespace

TEST_CASE("the intent is durable before the effect happens, and a crash between is completed") {
  Blocked at(true);
  REQUIRE(at.world.delos.held.size() == 1);
  CHECK(at.state() == EffectState::intended);
  at.world.delos.hold_effects = false;
  SECTION("the crash came before the effect") {}
  SECTION("the crash came after it, before it was recorded") {
    const auto& effect = std::get<DoEffect>(at.world.delos.held[0]).effect;
    REQUIRE(at.world.delos.edl->do_effect(effect));
  }
  at.world.open(at.world.delos);
  at.world.exchange();
  CHECK(at.state() == EffectState::active);
  CHECK(at.world.delos.edl->effects().size() == 1);
  CHECK(at.world.status(at.world.bleu, at.run, at.step).state == StepState::succeeded);
}

TEST_CASE("a restart repeats no effect and puts back one that was wiped") {
  Blocked at;
  at.world.open(at.world.delos);
  CHECK(at.world.delos.effects_done == 1);
  CHECK(at.world.delos.edl->content() == "192.0.2.7\n");
  at.world.delos.disk.files.clear();
  at.world.open(at.world.delos);
  CHECK(at.world.delos.effects_done == 2);
  CHECK(at.world.delos.edl->content() == "192.0.2.7\n");
  at.world.exchange();
  CHECK(at.state() == EffectState::active);
}

TEST_CASE("blocks go when their time is over, by undo, and when their indicator is retracted") {
  Blocked at;
  SECTION("time") {
    at.world.tick(std::chrono::hours(24));
    at.world.exchange();
    CHECK(at.state() == EffectState::expired);
  }
  SECTION("undo by its own operator") {
    auto undone = at.world.delos.engine->undo_run(at.run, "enough", at.world.now);
    REQUIRE(undone);
    at.world.perform(at.world.delos, std::move(*undone));
    at.world.exchange();
    CHECK(at.state() == EffectState::undone);
  }
  SECTION("signed order of the partner") {
    const auto effect = at.world.bleu.engine->effects(true).at(0).id;
    CHECK(at.world.bleu.engine->undo_effect(effect, "x", at.world.now).error().code ==
          Errc::refused);
    REQUIRE(at.world.order(at.world.bleu, OrderKind::undo, at.run, to_base32(effect), "bleu/luc"));
    at.world.exchange();
    CHECK(at.state() == EffectState::undone);
  }
  SECTION("retraction") {
    const auto indicator = at.world.indicators.at("192.0.2.7").id;
    const auto cause = crypto::blake2b(bytes_of("retraction"));
    at.world.perform(at.world.delos,
                     at.world.delos.engine->on_retraction(indicator, cause, at.world.now));
    at.world.exchange();
    CHECK(at.state() == EffectState::undone);
    CHECK(at.world.bleu.engine->effects(false).at(0).undo_cause == cause);
    at.world.open(at.world.delos);
  }
  CHECK(at.world.delos.edl->content().empty());
  CHECK(at.world.delos.effects_done == 1);
}

TEST_CASE("a retraction that finds the effect in hand undoes it when it is done") {
  Blocked at(true);
  auto& delos = at.world.delos;
  delos.hold_effects = false;
  at.world.perform(delos, delos.engine->on_retraction(at.world.indicators.at("192.0.2.7").id,
                                                      {}, at.world.now));
  at.world.perform(delos, std::exchange(delos.held, {}));
  at.world.exchange();
  CHECK(at.state() == EffectState::undone);
  CHECK(delos.edl->content().empty());
}

TEST_CASE("a block that cannot be put back is told, not shown as in force") {
  Blocked at;
  auto& delos = at.world.delos;
  delos.disk.files.clear();
  SECTION("the guard objects by now") {
    REQUIRE(delos.guard.add_networks("delos", true, {"192.0.2.0/24"}));
    at.world.open(delos);
    CHECK(delos.effects_done == 1);
  }
  SECTION("the control fails") {
    const auto effect = at.world.bleu.engine->effects(true).at(0);
    delos.hold_effects = true;
    at.world.open(delos);
    REQUIRE(delos.held.size() == 1);
    const auto failed = fail(Errc::io, "disk");
    at.world.perform(delos, delos.engine->on_effect_done(effect.run, effect.id, failed,
                                                         at.world.now));
  }
  at.world.exchange();
  CHECK(at.state() == EffectState::failed);
  CHECK(at.world.bleu.engine->effects(true).empty());
}

TEST_CASE("an effect whose fate a crash left open goes when its time is over") {
  Blocked at(true);
  auto& delos = at.world.delos;
  const auto effect = at.world.bleu.engine->effects(false).at(0);
  delos.engine = std::make_unique<RunEngine>(
      at.world.ports(delos), RunOptions{delos.org, delos.agent, delos.agent.prefix(),
                                        at.world.federation});
  for (const auto& record : delos.log) at.world.give(delos, SentRecord(record), delos);
  for (const auto& action : delos.engine->resume(at.world.now))
    if (std::get_if<ProbeEffect>(&action))
      at.world.perform(delos, delos.engine->on_effect_probed(effect.run, effect.id,
                                                             Presence::unknown, at.world.now));
  at.world.exchange();
  CHECK(at.state() == EffectState::unknown);
  CHECK(at.world.status(at.world.bleu, at.run, at.step).state == StepState::unknown);
  at.world.tick(std::chrono::hours(24));
  at.world.exchange();
  CHECK(at.state() == EffectState::expired);
}

TEST_CASE("a crash between two intents of one step is no success of that step") {
  TwoOperators world;
  auto text = TwoOperators::shipped("block-address.json");
  const std::string command = text.substr(text.find("\"commands\": [") + 13);
  const auto first = command.substr(0, command.find(']'));
  text.insert(text.find("\"commands\": [") + 13, first + ",");
  const auto playbook = world.share(text);
  world.delos.hold_effects = true;
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  world.exchange();
  REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
  const auto before = world.delos.log.size();
  world.give(world.delos, SentRecord(world.bleu.log.back()), world.bleu);
  world.delos.shown = world.bleu.log.size();
  // Counted, and two intents; the second one never reached the disk.
  REQUIRE(world.delos.log.size() == before + 3);
  world.delos.log.pop_back();
  world.delos.hold_effects = false;
  world.open(world.delos);
  world.exchange();
  CHECK(world.status(world.bleu, run, step).state == StepState::failed);
  CHECK(world.status(world.bleu, run, step).result == "only 1 of 2 blocks were begun");
  CHECK(world.bleu.engine->effects(true).size() == 1);
}

}  // namespace tocsin::tests
