// Attacks 12 and 15 to 18, as far as playbook runs are what is attacked.
#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {
namespace {

struct Waiting {
  TwoOperators world;
  Digest playbook = world.share(TwoOperators::shipped("block-address.json"));
  RunId run = world.start(playbook, "192.0.2.7");
  std::string step = world.step_of(playbook, "delos", "edl");

  /// Offers what the partner's agent published, as a compromised agent could.
  void offer(const SignedBody& body) {
    const auto bytes = encode_approval(
        {mesh::RecordKind::approval, {mesh::Tlp::amber, mesh::Pap::green}, world.now,
         world.bleu.agent.prefix()},
        body);
    world.give(world.delos, {bytes, world.operators()}, world.bleu);
  }
  SignedBody approved(const ApprovalBody& body) {
    return world.sign(encode_approval_body(body), body.org + "/" + body.analyst);
  }
  std::size_t counted() { return world.status(world.delos, run, step).have.size(); }
  std::uint32_t refused() { return world.status(world.delos, run, step).refused_approvals; }
};

}  // namespace

TEST_CASE("attack 12: an indicator of PAP:AMBER or PAP:RED is never blocked") {
  for (const auto pap : {mesh::Pap::amber, mesh::Pap::red}) {
    TwoOperators world;
    world.known("192.0.2.7", {mesh::Tlp::amber, pap});
    const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
    const auto run = world.start(playbook, "192.0.2.7");
    for (const auto* org : {"delos", "bleu"}) {
      const auto status = world.status(world.bleu, run, world.step_of(playbook, org, "edl"));
      CHECK(status.state == StepState::refused);
      CHECK(status.result.find("PAP:") != std::string::npos);
    }
    CHECK(world.delos.effects_done + world.bleu.effects_done == 0);
  }
}

TEST_CASE("attack 12: a value of unknown origin takes the marking of its run") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7", {mesh::Tlp::amber, mesh::Pap::amber});
  CHECK(world.status(world.bleu, run, world.step_of(playbook, "delos", "edl")).state ==
        StepState::refused);
}

TEST_CASE("attack 15: an approval signed in a drill's federation is worth nothing here") {
  Waiting at;
  const auto body = at.world.body_for(at.world.bleu, at.run, at.step, "bleu/luc");
  FederationId drill;
  drill.data.fill(77);
  const auto bytes = encode_approval_body(body);
  const auto& key = at.world.people.at("bleu/luc").key;
  at.offer({bytes, key.sign(crypto::Label::approval, drill, bytes)});
  CHECK(at.counted() == 0);
  CHECK(at.refused() == 1);
  at.offer(at.approved(body));
  CHECK(at.counted() == 1);
}

TEST_CASE("attack 16: an approval for another version, step, target, deadline or command") {
  Waiting at;
  const auto good = at.world.body_for(at.world.bleu, at.run, at.step, "bleu/luc");
  auto body = good;
  SECTION("another version of the playbook is another run and command") {
    auto text = TwoOperators::shipped("block-address.json");
    text.replace(text.find("\"24h\""), 5, "\"48h\"");
    const auto second = at.world.start(at.world.share(text), "192.0.2.7");
    const auto other = at.world.body_for(at.world.bleu, second, at.step, "bleu/luc");
    CHECK(other.command != good.command);
    body.command = other.command;
  }
  SECTION("another target") { body.targets = {"192.0.2.8"}; }
  SECTION("another deadline") { body.deadline = body.deadline + std::chrono::hours(1); }
  SECTION("signed after the deadline") {
    body.signed_at = body.deadline + std::chrono::milliseconds(1);
  }
  SECTION("another step") {
    const auto bleu_step = at.world.step_of(at.playbook, "bleu", "edl");
    body.command = at.world.body_for(at.world.bleu, at.run, bleu_step, "bleu/luc").command;
  }
  at.offer(at.approved(body));
  CHECK(at.counted() == 0);
  CHECK(at.refused() == 1);
}

TEST_CASE("attack 16: an approval given twice counts once, and the replay is counted") {
  Waiting at;
  const auto body = at.world.body_for(at.world.bleu, at.run, at.step, "bleu/luc");
  const auto approval = at.approved(body);
  at.offer(approval);
  CHECK(at.counted() == 1);
  at.world.now = at.world.now + std::chrono::seconds(1);
  at.offer(approval);
  CHECK(at.counted() == 1);
  CHECK(at.world.delos.effects_done == 0);
  CHECK(at.world.delos.engine->run(to_base32(at.run))->replayed_approvals == 1);
  CHECK(at.world.submit(at.world.delos, approval).error().code == Errc::duplicate);
  CHECK(at.world.delos.engine->refusals().at("approval: replayed") == 2);
}

TEST_CASE("attack 16: an approval that arrives late revives nothing") {
  Waiting at;
  const auto delos = at.world.body_for(at.world.delos, at.run, at.step, "delos/anna");
  const auto bleu = at.world.body_for(at.world.bleu, at.run, at.step, "bleu/luc");
  at.offer(at.approved(bleu));
  at.world.now = delos.deadline + std::chrono::milliseconds(1);
  at.offer(at.approved(delos));
  CHECK(at.world.status(at.world.delos, at.run, at.step).state == StepState::timed_out);
  CHECK(at.world.delos.effects_done == 0);
}

TEST_CASE("attack 17: one organisation's approvals never add up to two") {
  Waiting at;
  REQUIRE(at.world.approve(at.world.delos, at.run, at.step, "delos/anna"));
  REQUIRE(at.world.approve(at.world.delos, at.run, at.step, "delos/dora"));
  CHECK(at.counted() == 2);
  CHECK(at.world.delos.effects_done == 0);
}

TEST_CASE("attack 17: a charter that asks for nobody still needs one organisation") {
  TwoOperators world;
  world.charter.body.policies[0].orgs_distinct = 0;
  world.charter.body.policies[0].local_orgs_distinct = 0;
  const auto playbook = world.share(TwoOperators::shipped("rhine-block.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  world.tick(std::chrono::seconds(10));
  CHECK(world.delos.effects_done + world.bleu.effects_done == 0);
  const auto step = world.step_of(playbook, "delos", "edl");
  CHECK(world.status(world.delos, run, step).need == 1);
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  CHECK(world.delos.effects_done == 1);
}

TEST_CASE("attack 18: a value that a shell, option or list could mistake starts nothing") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("rhine-block.json"));
  for (const auto* value :
       {"$(rm -rf)", "192.0.2.7;reboot", "192.0.2.7\n0.0.0.0/0", "--flag", "`id`", "a|b",
        "192.0.2.7 # x", "../../etc/passwd", "a.example CNAME .", ""}) {
    const StartRequest request{playbook, "inc", {{"value", value}}, "delos/anna",
                               {mesh::Tlp::amber, mesh::Pap::green}, world.operators()};
    auto started = world.delos.engine->start(request, world.now);
    if (!started) continue;
    // Text that is harmless as text is refused where it would become a target.
    const auto run = started->run;
    world.perform(world.delos, std::move(started->actions));
    world.exchange();
    CHECK(world.status(world.delos, run, world.step_of(playbook, "delos", "edl")).state ==
          StepState::refused);
  }
  CHECK(world.delos.engine->approvals().empty());
  CHECK(world.delos.edl->content().empty());
}

}  // namespace tocsin::tests
