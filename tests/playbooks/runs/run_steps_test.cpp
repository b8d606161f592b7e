#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("the guard is asked before anybody is asked to approve") {
  TwoOperators world;
  const auto list = R"({"type":"hostname","list":["cloud.example"]})";
  REQUIRE(world.delos.guard.add_list("shared-cloud", list));
  REQUIRE(world.bleu.guard.add_list("shared-cloud", list));
  const auto playbook = world.share(TwoOperators::shipped("rhine-block.json"));
  const auto run = world.start(playbook, "c2.cloud.example");
  const auto refused = world.status(world.bleu, run, world.step_of(playbook, "delos", "edl"));
  CHECK(refused.state == StepState::refused);
  CHECK(refused.result.find("shared-cloud") != std::string::npos);
  CHECK(refused.result.find("rpz") != std::string::npos);
  // The playbook goes on with the narrower block.
  const auto narrow = world.step_of(playbook, "delos", "rpz");
  REQUIRE(world.approve(world.delos, run, narrow, "delos/anna"));
  world.exchange();
  REQUIRE(world.approve(world.bleu, run, narrow, "bleu/luc"));
  world.exchange();
  CHECK(world.delos.rpz->content().find("c2.cloud.example CNAME") != std::string::npos);
  CHECK(world.delos.edl->content().empty());
}

TEST_CASE("the guard is asked again right before the block") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  world.exchange();
  REQUIRE(world.delos.guard.add_networks("delos", true, {"192.0.2.0/24"}));
  REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
  world.exchange();
  CHECK(world.status(world.bleu, run, step).state == StepState::refused);
  CHECK(world.delos.edl->content().empty());
}

TEST_CASE("a condition follows what people found, decided by the agent that started the run") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("investigate-sighting.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  std::string search;
  const auto begun = *world.delos.engine->run(to_base32(run));
  for (const auto& [id, step] : begun.steps)
    if (step.name == "Search at Bleu") search = id;
  const OrderBody done{OrderKind::done, run, search, "bleu", "luc", world.now, "found",
                       {{"__bleu_confirms__", "true"}}};
  REQUIRE(world.submit(world.bleu, world.sign(encode_order_body(done), "bleu/luc",
                                              crypto::Label::order)));
  auto unsafe = done;
  unsafe.outputs = {{"__bleu_confirms__", "$(id)"}};
  CHECK_FALSE(world.submit(world.bleu, world.sign(encode_order_body(unsafe), "bleu/luc",
                                                  crypto::Label::order)));
  world.exchange();
  std::map<std::string, StepState> states;
  const auto look = [&] {
    const auto state = *world.bleu.engine->run(to_base32(run));
    for (const auto& [id, step] : state.steps)
      states[step.name] = step.state;
  };
  look();
  CHECK(states["Search at Bleu"] == StepState::succeeded);
  CHECK(states["Preserve evidence"] == StepState::pending);
  world.tick(std::chrono::hours(25));  // Delos never looked.
  world.exchange();
  look();
  CHECK(states["Search at Delos"] == StepState::timed_out);
  CHECK(states["Preserve evidence"] == StepState::manual);
}

}  // namespace tocsin::tests
