// Attacks 12, 15 to 18 and 28, as far as playbook runs are what is attacked.
#include "playbooks/runs/variables.hpp"
#include "tests/playbooks/runs/two_operators.hpp"
#include "tests/refusal.hpp"

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

// What a shell, a program's options, a zone file or a block list could take for something else.
constexpr std::string_view mistakable[] = {
    "$(rm -rf)", "192.0.2.7;reboot", "192.0.2.7\n0.0.0.0/0", "--flag", "`id`", "a|b", "a&b",
    "192.0.2.7 # x", "../../etc/passwd", "a.example CNAME .", "a b", "*.example", "-a.example",
    "http://a.example/$(id)", "http://a.example/;id", "http://a.example/ x", "", "\x7f", "a\tb"};

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

TEST_CASE("attack 12: an indicator that turns PAP:AMBER while approvals are awaited is not blocked") {
  Waiting at;
  REQUIRE(at.world.approve(at.world.delos, at.run, at.step, "delos/anna"));
  at.world.known("192.0.2.7", {mesh::Tlp::amber, mesh::Pap::amber});
  REQUIRE(at.world.approve(at.world.bleu, at.run, at.step, "bleu/luc"));
  at.world.exchange();
  CHECK(at.world.status(at.world.delos, at.run, at.step).state == StepState::refused);
  CHECK(at.world.delos.effects_done == 0);
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
  CHECK(refusal(at.world.submit(at.world.delos, approval)) == Errc::duplicate);
  CHECK(at.world.delos.engine->refusals().at("approval: replayed") == 2);
}

TEST_CASE("attack 16: an approval that arrives late revives nothing") {
  Waiting at;
  const auto delos = at.world.body_for(at.world.delos, at.run, at.step, "delos/anna");
  const auto bleu = at.world.body_for(at.world.bleu, at.run, at.step, "bleu/luc");
  at.offer(at.approved(bleu));
  at.world.now = delos.deadline + std::chrono::milliseconds(1);
  at.offer(at.approved(delos));
  CHECK(at.counted() == 1);
  CHECK(at.refused() == 1);
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

TEST_CASE("attack 17: cut off, a local threshold of zero still needs somebody") {
  TwoOperators world;
  world.charter.body.policies[0].local_orgs_distinct = 0;
  const auto playbook = world.share(TwoOperators::shipped("rhine-block.json"));
  world.perform(world.delos, world.delos.engine->set_reachable("bleu", true, world.now));
  const auto run = world.start(playbook, "192.0.2.7");
  world.perform(world.delos, world.delos.engine->set_reachable("bleu", false, world.now));
  world.tick(std::chrono::seconds(1));
  world.tick(std::chrono::seconds(1));
  CHECK(world.delos.effects_done == 0);
  REQUIRE(world.approve(world.delos, run, world.step_of(playbook, "delos", "edl"), "delos/anna"));
  CHECK(world.delos.effects_done == 1);
}

TEST_CASE("attack 18: a value that a shell, option or list could mistake starts nothing") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("rhine-block.json"));
  for (const auto value : mistakable) {
    const StartRequest request{playbook, "inc", {{"value", std::string(value)}}, "delos/anna",
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

TEST_CASE("attack 18: each typed variable takes its own kind of value and nothing beside it") {
  using enum VariableType;
  for (const auto type : {integer, boolean, ipv4_addr, ipv6_addr, domain_name, uri, uuid, md5_hash,
                          sha256_hash})
    for (const auto value : mistakable) {
      CAPTURE(name_of(type), value);
      CHECK_FALSE(check_value(type, value));
    }
  // Free text may hold spaces, dots and slashes; nothing that a program would act on.
  for (const auto value : {"$(rm -rf)", "a;b", "a\nb", "--flag", "-f", "`id`", "a|b", "a&b", "a>b",
                           "a # b", "*", "a'b", "a\"b", "a\\b", "\x7f", "caf\xc3\xa9"}) {
    CAPTURE(value);
    CHECK_FALSE(check_value(string, value));
  }
  CHECK_FALSE(check_value(ipv4_addr, "a.example"));
  CHECK_FALSE(check_value(ipv4_addr, "192.0.2.0/24"));
  CHECK_FALSE(check_value(domain_name, "192.0.2.7"));
  CHECK(check_value(ipv4_addr, "192.0.2.7"));
  CHECK(check_value(string, "a note: see 192.0.2.7/32, then tell bleu."));
}

TEST_CASE("attack 18: whatever reaches an actuator is one plain address, network, domain or URL") {
  for (const auto value : mistakable) {
    CAPTURE(value);
    CHECK_FALSE(block_target(value));
  }
}

TEST_CASE("attack 28: an analyst who is no approver approves nothing") {
  Waiting at;
  at.world.people.at("bleu/luc").certificate.roles = std::uint8_t(crypto::AnalystRole::analyst);
  const auto body = at.world.body_for(at.world.bleu, at.run, at.step, "bleu/luc");
  CHECK(refusal(at.world.submit(at.world.bleu, at.approved(body))) == Errc::refused);
  at.offer(at.approved(body));  // His agent passes it on all the same.
  CHECK(at.counted() == 0);
  CHECK(at.refused() == 1);
}

}  // namespace tocsin::tests
