#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("two analysts of one organisation do not make two organisations") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  REQUIRE(world.approve(world.delos, run, step, "delos/dora"));
  CHECK(world.delos.effects_done == 0);
  // An authority is no operator: the class does not let it sign.
  CHECK_FALSE(world.approve(world.delos, run, step, "bsi/hans"));
  CHECK(world.status(world.delos, run, step).have.size() == 2);
}

TEST_CASE("a member that the charter calls lost neither approves nor is counted") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
  world.exchange();
  world.charter.body.lost = {"bleu"};
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  CHECK(world.delos.effects_done == 0);
  CHECK_FALSE(world.approve(world.bleu, run, world.step_of(playbook, "bleu", "edl"), "bleu/luc"));
  // What the members agreed on for this: one is enough now.
  world.charter.body.policies[0].orgs_distinct = 1;
  REQUIRE(world.approve(world.delos, run, step, "delos/dora"));
  CHECK(world.delos.effects_done == 1);
}

TEST_CASE("a rejection ends the step, and a late approval revives nothing") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  const auto late = world.body_for(world.delos, run, step, "delos/anna");
  auto body = world.body_for(world.bleu, run, step, "bleu/luc");
  body.decision = Decision::reject;
  body.why = "shared host";
  REQUIRE(world.submit(world.bleu, world.sign(encode_approval_body(body), "bleu/luc")));
  world.exchange();
  CHECK(world.status(world.delos, run, step).state == StepState::rejected);
  CHECK(world.status(world.delos, run, step).result == "shared host");
  CHECK_FALSE(world.submit(world.delos, world.sign(encode_approval_body(late), "delos/anna")));
  CHECK(world.status(world.delos, run, step).state == StepState::rejected);
}

TEST_CASE("while the partner is away a local step acts with less time, any other one waits") {
  TwoOperators world;
  const auto rhine = world.share(TwoOperators::shipped("rhine-block.json"));
  const auto plain = world.share(TwoOperators::shipped("block-address.json"));
  for (auto* at : {&world.delos, &world.bleu})
    world.perform(*at, at->engine->set_reachable(world.partner(*at).org, true, world.now));
  const auto local = world.start(rhine, "192.0.2.7");
  const auto waiting = world.start(plain, "192.0.2.8");
  const auto step = world.step_of(rhine, "delos", "edl");
  REQUIRE(world.approve(world.delos, local, step, "delos/anna"));
  REQUIRE(world.approve(world.delos, waiting, world.step_of(plain, "delos", "edl"),
                        "delos/anna"));
  world.perform(world.delos, world.delos.engine->set_reachable("bleu", false, world.now));
  world.tick(std::chrono::seconds(1));
  CHECK(world.delos.effects_done == 0);
  world.tick(std::chrono::seconds(1));
  CHECK(world.delos.edl->content() == "192.0.2.7\n");
  const auto effects = world.delos.engine->effects(true);
  REQUIRE(effects.size() == 1);
  CHECK(effects[0].until == effects[0].since + std::chrono::hours(1));
}

TEST_CASE("without enough approvals in time a step times out") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  world.tick(std::chrono::hours(4));
  world.exchange();
  CHECK(world.bleu.engine->run(to_base32(run))->status == RunStatus::completed);
  CHECK(world.status(world.bleu, run, world.step_of(playbook, "delos", "edl")).state ==
        StepState::timed_out);
}

}  // namespace tocsin::tests
