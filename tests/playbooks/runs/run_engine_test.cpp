#include "playbooks/runs/run_engine.hpp"

#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("a joint run blocks at both operators once both have approved") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("rhine-block.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  CHECK(world.bleu.engine->approvals().size() == 2);
  for (const auto* org : {"delos", "bleu"}) {
    const auto step = world.step_of(playbook, org, "edl");
    REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
    world.exchange();
    CHECK(world.status(world.bleu, run, step).have.size() == 1);
    CHECK(world.delos.effects_done + world.bleu.effects_done == (org[0] == 'b' ? 1 : 0));
    REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
    world.exchange();
  }
  CHECK(world.delos.effects_done == 1);
  CHECK(world.bleu.effects_done == 1);
  CHECK(world.delos.edl->content() == "192.0.2.7\n");
  CHECK(world.bleu.edl->content() == "192.0.2.7\n");

  const auto manual = world.step_of(playbook, "delos", "");
  CHECK(world.status(world.bleu, run, manual).state == StepState::manual);
  REQUIRE(world.order(world.delos, OrderKind::done, run, manual, "delos/anna"));
  world.exchange();
  const auto at_delos = *world.delos.engine->run(to_base32(run));
  const auto at_bleu = *world.bleu.engine->run(to_base32(run));
  CHECK(at_delos.status == RunStatus::completed);
  CHECK(at_delos.digest() == at_bleu.digest());
}

TEST_CASE("a playbook with problems, strangers or nobody in its audience does not start") {
  TwoOperators world;
  auto& engine = *world.delos.engine;
  CHECK(engine.share_playbook("{}", world.operators(), world.now).error().code == Errc::invalid);
  auto text = TwoOperators::shipped("block-address.json");
  const auto digest = world.share(text);
  StartRequest request{digest, "inc", {{"value", "192.0.2.7"}}, "delos/anna",
                       {mesh::Tlp::amber, mesh::Pap::green}, {false, {"delos"}, {}}};
  CHECK(engine.start(request, world.now).error().code == Errc::marking);
  request.audience = world.operators();
  request.variables = {};
  CHECK(engine.start(request, world.now).error().code == Errc::usage);
  request.variables = {{"value", "not an address"}};
  CHECK(engine.start(request, world.now).error().code == Errc::refused);
  request.variables = {{"valeu", "192.0.2.7"}};
  CHECK(engine.start(request, world.now).error().code == Errc::usage);
  text.replace(text.find("\"bleu\""), 6, "\"mars\"");
  CHECK(engine.share_playbook(text, world.operators(), world.now).error().code == Errc::refused);
}

TEST_CASE("an event for a step of another executor changes nothing") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  RunEvent forged;
  forged.run = run;
  forged.code = EventCode::succeeded;
  forged.index = 900;
  forged.step = world.step_of(playbook, "delos", "edl");
  for (forged.index = 1; forged.index < 5; ++forged.index) {
    const auto bytes = encode_event(
        {mesh::RecordKind::run_event, {mesh::Tlp::amber, mesh::Pap::green}, world.now, 0}, forged);
    world.give(world.delos, {bytes, world.operators()}, world.bleu);
  }
  CHECK(world.status(world.delos, run, forged.step).state == StepState::approval);
}

}  // namespace tocsin::tests
