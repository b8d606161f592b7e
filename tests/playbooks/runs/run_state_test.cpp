#include "playbooks/runs/run_state.hpp"

#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {
namespace {

/// A run with approvals, a replay, an effect, its undo and a refusal; then all records of it.
struct Told {
  TwoOperators world;
  Digest playbook = world.share(TwoOperators::shipped("block-address.json"));
  RunId run;

  Told() {
    world.known("192.0.2.7", {mesh::Tlp::amber, mesh::Pap::green});
    run = world.start(playbook, "192.0.2.7");
    const auto step = world.step_of(playbook, "delos", "edl");
    const auto early = world.sign(
        encode_approval_body(world.body_for(world.delos, run, step, "delos/anna")), "delos/anna");
    REQUIRE(world.submit(world.delos, early));
    CHECK_FALSE(world.submit(world.delos, early));
    world.tick(std::chrono::seconds(1));
    world.exchange();
    REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
    world.exchange();
    auto no = world.body_for(world.bleu, run, world.step_of(playbook, "bleu", "edl"), "bleu/luc");
    no.decision = Decision::reject;
    no.why = "shared host";
    REQUIRE(world.submit(world.bleu, world.sign(encode_approval_body(no), "bleu/luc")));
    REQUIRE(world.order(world.bleu, OrderKind::undo, run, {}, "bleu/luc"));
    world.exchange();
  }
};

struct Chain {
  CheckedPlaybook checked = *check_playbook(TwoOperators::shipped("investigate-sighting.json"));
  RunStart start;
  std::map<AgentId, ExecutorChain> chains;
  AgentId delos, bleu;

  Chain() {
    delos.data.fill(1);
    bleu.data.fill(2);
    start.executors = {{"delos", delos}, {"bleu", bleu}};
    start.starter = delos;
  }
  std::string step(std::string_view name) const {
    for (const auto& [id, step] : checked.playbook.steps)
      if (step.name == name) return id;
    return {};
  }
  void add(const AgentId& agent, RunEvent event) {
    event.index = std::uint32_t(chains[agent].size() + 1);
    add_at(agent, std::move(event));
  }
  void add_at(const AgentId& agent, RunEvent event) {
    chains[agent].emplace(std::pair{event.index, event.record}, std::move(event));
  }
  RunState state() const { return compute_state(start, &checked.playbook, chains); }
};

RunEvent event(EventCode code, std::string step) {
  RunEvent out;
  out.code = code;
  out.step = std::move(step);
  out.at = {7};
  return out;
}

}  // namespace

TEST_CASE("any order of arrival, and any repetition, gives the same run") {
  Told told;
  const auto expected = told.world.delos.engine->run(to_base32(told.run))->digest();
  REQUIRE(told.world.bleu.engine->run(to_base32(told.run))->digest() == expected);
  std::vector<std::pair<SentRecord, Operator*>> records;
  for (auto* from : {&told.world.delos, &told.world.bleu})
    for (const auto& record : from->log) records.emplace_back(record, from);
  REQUIRE(records.size() > 12);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SeededEntropy entropy(seed);
    for (std::size_t i = records.size(); i > 1; --i)
      std::swap(records[i - 1], records[entropy.number() % i]);
    Operator watch{"bsi"};
    watch.agent.data.fill(3);
    told.world.open(watch);
    for (const auto& [record, from] : records) {
      told.world.give(watch, record, *from);
      if (seed % 2 == 1) told.world.give(watch, record, *from);
    }
    REQUIRE(watch.engine->run(to_base32(told.run))->digest() == expected);
    CHECK(watch.log.empty());
    CHECK(watch.effects_done == 0);
  }
}

TEST_CASE("an event counts once all that its executor recorded before it are there") {
  Chain chain;
  const auto search = chain.step("Search at Bleu");
  auto done = event(EventCode::succeeded, search);
  done.index = 2;
  chain.add_at(chain.bleu, done);
  CHECK(chain.state().steps.at(search).state == StepState::ready);
  auto waiting = event(EventCode::manual_waiting, search);
  waiting.index = 1;
  chain.add_at(chain.bleu, waiting);
  CHECK(chain.state().steps.at(search).state == StepState::succeeded);
}

TEST_CASE("what has ended stays ended, and a step's outputs are its own and of their type") {
  Chain chain;
  const auto search = chain.step("Search at Bleu");
  auto done = event(EventCode::succeeded, search);
  done.outputs = {{"__bleu_confirms__", "true"}, {"__value__", "203.0.113.9"}};
  chain.start.variables["__value__"] = "192.0.2.7";
  chain.add(chain.bleu, done);
  chain.add(chain.bleu, event(EventCode::failed, search));
  CHECK(chain.state().steps.at(search).state == StepState::succeeded);
  CHECK(chain.state().variables.at("__bleu_confirms__") == "true");
  CHECK(chain.state().variables.at("__value__") == "192.0.2.7");

  Chain wrong;
  done.outputs = {{"__bleu_confirms__", "$(rm -rf)"}};
  wrong.add(wrong.bleu, done);
  const auto kept = wrong.state().variables;
  CHECK((!kept.contains("__bleu_confirms__") || kept.at("__bleu_confirms__") != "$(rm -rf)"));
}

TEST_CASE("no executor ends, claims or begins an effect of another") {
  Chain chain;
  chain.checked = *check_playbook(TwoOperators::shipped("block-address.json"));
  const BlockTarget target{mesh::IndicatorType::ipv4, "192.0.2.7"};
  const auto ours = chain.step("Block at Delos"), theirs = chain.step("Block at Bleu");
  auto effect = event(EventCode::effect, ours);
  effect.target = target;
  effect.effect = effect_id(chain.start.run, ours, 0, target);
  effect.effect_state = std::uint8_t(EffectState::intended);
  auto forged = effect;
  forged.step = theirs;
  forged.effect_state = std::uint8_t(EffectState::undone);
  SECTION("after it") {}
  // Chains are read in the order of agents: the forger's comes first here.
  SECTION("before it") { std::swap(chain.start.executors["delos"], chain.start.executors["bleu"]); }
  const auto executor = chain.start.executors.at("delos");
  chain.add(executor, effect);
  effect.effect_state = std::uint8_t(EffectState::active);
  chain.add(executor, effect);
  chain.add(chain.start.executors.at("bleu"), forged);
  const auto state = chain.state();
  REQUIRE(state.effects.size() == 1);
  CHECK(state.effects.begin()->second.state == EffectState::active);
  CHECK(state.effects.begin()->second.agent == executor);
}

}  // namespace tocsin::tests
