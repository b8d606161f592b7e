#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("an abort ends what is open on both sides and keeps what has happened") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  world.exchange();
  REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
  world.exchange();
  CHECK_FALSE(world.order(world.delos, OrderKind::abort, run, {}, "bsi/hans"));
  REQUIRE(world.order(world.bleu, OrderKind::abort, run, {}, "bleu/luc"));
  world.exchange();
  const auto state = *world.delos.engine->run(to_base32(run));
  CHECK(state.status == RunStatus::aborted);
  CHECK(state.steps.at(step).state == StepState::succeeded);
  CHECK(state.steps.at(world.step_of(playbook, "bleu", "edl")).state == StepState::aborted);
  CHECK(state.digest() == world.bleu.engine->run(to_base32(run))->digest());
  CHECK(world.delos.edl->content() == "192.0.2.7\n");
}

TEST_CASE("a freeze stops every new effect of its own organisation only, until it is thawed") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  REQUIRE(world.order(world.delos, OrderKind::freeze, {}, {}, "delos/anna"));
  world.exchange();
  CHECK(world.delos.engine->frozen());
  CHECK_FALSE(world.bleu.engine->frozen());
  for (const auto* org : {"delos", "bleu"}) {
    REQUIRE(world.approve(world.delos, run, world.step_of(playbook, org, "edl"), "delos/anna"));
    world.exchange();
    REQUIRE(world.approve(world.bleu, run, world.step_of(playbook, org, "edl"), "bleu/luc"));
    world.exchange();
  }
  CHECK(world.delos.effects_done == 0);
  CHECK(world.bleu.effects_done == 1);
  world.tick(std::chrono::seconds(1));
  REQUIRE(world.order(world.delos, OrderKind::thaw, {}, {}, "delos/anna"));
  CHECK(world.delos.effects_done == 1);
}

TEST_CASE("only the executor's organisation completes a manual step, and only one that waits") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("investigate-sighting.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  std::string search;
  const auto begun = *world.delos.engine->run(to_base32(run));
  for (const auto& [id, step] : begun.steps)
    if (step.name == "Search at Delos") search = id;
  CHECK_FALSE(world.order(world.bleu, OrderKind::done, run, search, "bleu/luc"));
  REQUIRE(world.order(world.delos, OrderKind::done, run, search, "delos/anna"));
  CHECK_FALSE(world.order(world.delos, OrderKind::done, run, search, "delos/anna"));
}

}  // namespace tocsin::tests
