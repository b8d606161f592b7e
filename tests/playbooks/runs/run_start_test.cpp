#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("a start pins version, variables and one executor for each organisation") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-domain.json"));
  const auto run = world.start(playbook, "C2.Example.net");
  const auto state = *world.bleu.engine->run(to_base32(run));
  CHECK(state.start.playbook == playbook);
  CHECK(state.start.variables.at("__value__") == "c2.example.net");
  CHECK(state.start.executors.at("delos") == world.delos.agent);
  CHECK(state.start.executors.at("bleu") == world.bleu.agent);
  CHECK(state.start.marking == mesh::Marking{mesh::Tlp::amber, mesh::Pap::green});
  CHECK(world.start(playbook, "c2.example.net") != run);
}

TEST_CASE("events that arrive before their run's start and playbook count once these are there") {
  TwoOperators world;
  const auto text = TwoOperators::shipped("block-address.json");
  auto shared = world.delos.engine->share_playbook(text, world.operators(), world.now);
  world.perform(world.delos, std::move(*shared));
  const StartRequest request{crypto::blake2b(bytes_of(text)), "inc", {{"value", "192.0.2.7"}},
                             "delos/anna", {mesh::Tlp::amber, mesh::Pap::green},
                             world.operators()};
  auto started = world.delos.engine->start(request, world.now);
  REQUIRE(started);
  world.perform(world.delos, std::move(started->actions));
  for (auto at = world.delos.log.rbegin(); at != world.delos.log.rend(); ++at)
    world.give(world.bleu, SentRecord(*at), world.delos);
  world.bleu.shown = world.delos.log.size();
  world.exchange();
  const auto run = to_base32(started->run);
  CHECK(world.delos.engine->run(run)->digest() == world.bleu.engine->run(run)->digest());
  CHECK(world.bleu.engine->approvals().size() == 2);
}

}  // namespace tocsin::tests
