#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {
namespace {

StandingBody terms(TwoOperators& world, const Digest& playbook, const std::string& person) {
  const auto& who = world.people.at(person).certificate;
  return {playbook, "block", {mesh::IndicatorType::ipv4}, 50, 2, world.now,
          world.now + std::chrono::hours(24), Trigger::indicator, who.org, who.name};
}

void authorise(TwoOperators& world, const Digest& playbook) {
  for (const auto* person : {"delos/anna", "bleu/luc"}) {
    auto& at = person[0] == 'd' ? world.delos : world.bleu;
    const auto body = encode_standing_body(terms(world, playbook, person));
    REQUIRE(world.submit(at, world.sign(body, person)));
  }
  world.exchange();
}

void arrives(TwoOperators& world, const std::string& value, mesh::Marking marking) {
  const auto facts = world.known(value, marking);
  for (auto* at : {&world.delos, &world.bleu})
    world.perform(*at, at->engine->on_indicator(facts, world.now));
  world.exchange();
}

}  // namespace

TEST_CASE("under a standing order of both organisations an indicator is blocked at once") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-standing.json"));
  authorise(world, playbook);
  arrives(world, "192.0.2.7", {mesh::Tlp::amber, mesh::Pap::green});
  CHECK(world.bleu.edl->content() == "192.0.2.7\n");
  CHECK(world.delos.edl->content() == "192.0.2.7\n");
  CHECK(world.bleu.engine->runs().size() == 2);
  // The same indicator again starts nothing.
  arrives(world, "192.0.2.7", {mesh::Tlp::amber, mesh::Pap::green});
  CHECK(world.bleu.engine->runs().size() == 2);
  CHECK(world.bleu.effects_done == 1);
}

TEST_CASE("what a crash kept from being blocked is blocked after the restart, and once") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-standing.json"));
  const auto early = world.known("192.0.2.6", {mesh::Tlp::amber, mesh::Pap::green});
  const auto tell = [&](const IndicatorFacts& facts) {
    return [&](RunEngine& engine) { CHECK(engine.on_indicator(facts, world.now).empty()); };
  };
  world.open(world.bleu, tell(early));
  authorise(world, playbook);
  CHECK(world.bleu.effects_done == 0);  // It came before the order.

  const auto facts = world.known("192.0.2.7", {mesh::Tlp::amber, mesh::Pap::green});
  for (int restart = 0; restart < 2; ++restart) {
    world.open(world.bleu, tell(facts));
    CHECK(world.bleu.edl->content() == "192.0.2.7\n");
    CHECK(world.bleu.effects_done == 1);
  }
  const auto retracted = world.known("192.0.2.8", {mesh::Tlp::amber, mesh::Pap::green});
  world.open(world.bleu, [&](RunEngine& engine) {
    tell(retracted)(engine);
    engine.withdraw(retracted.id);
  });
  CHECK(world.bleu.effects_done == 1);
}

TEST_CASE("a standing order covers no more than it says") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-standing.json"));
  SECTION("count") {
    authorise(world, playbook);
    for (const auto* value : {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
      arrives(world, value, {mesh::Tlp::amber, mesh::Pap::green});
    CHECK(world.bleu.effects_done == 2);
    world.open(world.bleu);
    arrives(world, "192.0.2.4", {mesh::Tlp::amber, mesh::Pap::green});
    CHECK(world.bleu.effects_done == 2);
    CHECK(world.bleu.engine->standing().at(0).used == 2);
  }
  SECTION("marking") {
    authorise(world, playbook);
    arrives(world, "192.0.2.1", {mesh::Tlp::amber, mesh::Pap::amber});
    CHECK(world.bleu.engine->runs().empty());
  }
  SECTION("type") {
    authorise(world, playbook);
    arrives(world, "c2.example.net", {mesh::Tlp::amber, mesh::Pap::green});
    CHECK(world.bleu.engine->runs().empty());
  }
  SECTION("time") {
    authorise(world, playbook);
    world.now = world.now + std::chrono::hours(24);
    arrives(world, "192.0.2.1", {mesh::Tlp::amber, mesh::Pap::green});
    CHECK(world.bleu.engine->runs().empty());
  }
  SECTION("one organisation alone") {
    const auto body = encode_standing_body(terms(world, playbook, "delos/anna"));
    REQUIRE(world.submit(world.delos, world.sign(body, "delos/anna")));
    world.exchange();
    arrives(world, "192.0.2.1", {mesh::Tlp::amber, mesh::Pap::green});
    CHECK(world.bleu.engine->runs().empty());
  }
}

}  // namespace tocsin::tests
