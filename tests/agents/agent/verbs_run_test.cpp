#include "agents/agent/verbs.hpp"

#include "playbooks/runs/approval.hpp"
#include "tests/agents/agent/counter.hpp"
#include "tests/source_root.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;
using tests::Counter;
using tests::AgentDesk;
namespace json = boost::json;

namespace {

std::string document() {
  return tests::read_text(tests::source_root() / "playbooks/library/block-domain.json");
}

/// Two operators with a person each, a shared playbook, an indicator and an incident.
struct Rig : Counter {
  Rig() {
    start_both();
    serve(delos());
    serve(bleu());
    at_delos.emplace(hire(delos()));
    at_bleu.emplace(hire(bleu()));
    for (auto* desk : {&delos(), &bleu()})
      desk->driver->perform(desk->services().runs->set_reachable(
          desk == &delos() ? "bleu" : "delos", true, desk->services().now()));
    publish(delos(), delos().indicator("evil.example"));
    call(delos(), "playbook.import", {{"file", "block.json"}, {"document", document()}});
    incident = text(call(delos(), "incident.open", {{"title", "mail is slow"}}), "id");
    REQUIRE(until([&] {
      return reply(bleu(), "incident.show", {{"id", incident}}).ok &&
             !bleu().services().runs->playbooks().empty() &&
             bleu().book().active() == 1 && delos().node->analyst("bleu", "duty") &&
             bleu().node->analyst("delos", "duty");
    }));
  }
  json::object start() {
    return call(delos(), "playbook.run",
                {{"id", "Block one domain at both operators"}, {"incident", incident},
                 {"var", {"value=evil.example"}}, {"as", "duty"}});
  }
  void approve(AgentDesk& desk, const agents::Person& person, const ApprovalRequest& wanted) {
    const auto body = encode_approval_body(
        {.run = wanted.run, .step = wanted.step, .command = wanted.digest,
         .targets = wanted.targets, .deadline = wanted.deadline, .decision = Decision::approve,
         .org = std::string(desk.services().org()), .analyst = "duty",
         .signed_at = desk.services().now(), .why = {}});
    auto args = signed_arguments(desk, person, crypto::Label::approval, body);
    args["run"] = to_base32(wanted.run);
    args["step"] = wanted.step;
    call(desk, "approve", std::move(args));
  }
  /// Until both agents ask for signatures on both steps.
  void both_wait() {
    REQUIRE(until([&] {
      return delos().services().runs->approvals().size() == 2 &&
             bleu().services().runs->approvals().size() == 2;
    }));
  }
  std::size_t active(AgentDesk& desk) { return desk.services().runs->effects(true).size(); }
  /// Starts a run and has it block at both operators; gives its id.
  std::string blocked() {
    const auto run = text(start(), "run");
    both_wait();
    const auto all = delos().services().runs->approvals();
    for (const auto& wanted : all) {
      approve(delos(), *at_delos, wanted);
      approve(bleu(), *at_bleu, wanted);
    }
    REQUIRE(until([&] { return active(delos()) == 2 && active(bleu()) == 2; }));
    return run;
  }
  std::string list(AgentDesk& desk) { return desk.services().actuators.at("edl")->content(); }

  std::optional<agents::Person> at_delos, at_bleu;
  std::string incident;
};

}  // namespace

TEST_CASE("a playbook is shared with the partner, listed and shown, or refused by its fault") {
  Rig rig;
  const auto listed = rig.call(rig.bleu(), "playbook.list");
  REQUIRE(listed.at("playbooks").as_array().size() == 1);
  const auto shown = rig.call(rig.bleu(), "playbook.show",
                              {{"id", "Block one domain at both operators"}});
  CHECK(shown.at("steps").as_array().size() == 7);  // Start, parallel, two actions, three ends.
  CHECK(rig.reply(rig.bleu(), "playbook.show", {{"id", "another"}}).exit == 1);

  const auto broken =
      rig.reply(rig.delos(), "playbook.import", {{"file", "bad.json"}, {"document", "{}"}});
  CHECK_FALSE(broken.ok);
  CHECK(broken.message.starts_with("bad.json"));
  CHECK(rig.call(rig.delos(), "playbook.list").at("playbooks").as_array().size() == 1);
}

TEST_CASE("a run that lacks something is not started") {
  Rig rig;
  const auto refused = [&](json::object args) {
    const auto reply = rig.reply(rig.delos(), "playbook.run", std::move(args));
    CHECK_FALSE(reply.ok);
    return reply.code;
  };
  const std::string name = "Block one domain at both operators";
  CHECK(refused({{"id", "another"}, {"incident", rig.incident}}) == "not_found");
  CHECK(refused({{"id", name}, {"incident", "abcd"}}) == "not_found");
  CHECK(refused({{"id", name}, {"incident", rig.incident}, {"var", {"no equals sign"}}}) ==
        "usage");
  CHECK(refused({{"id", name}, {"incident", rig.incident}, {"var", {"=x"}}}) == "usage");
  CHECK(rig.call(rig.delos(), "run.list").at("runs").as_array().empty());
  CHECK(rig.reply(rig.delos(), "run.show", {{"run", "abcd"}}).code == "not_found");
}

TEST_CASE("a dry run is shared with nobody") {
  Rig rig;
  const auto dry = rig.call(rig.delos(), "playbook.run",
                            {{"id", "Block one domain at both operators"},
                             {"incident", rig.incident}, {"var", {"value=evil.example"}},
                             {"dry_run", true}});
  CHECK(dry.at("run").is_null());
  rig.pass(std::chrono::seconds(1));
  CHECK(rig.call(rig.bleu(), "run.list").at("runs").as_array().empty());
}

TEST_CASE("a step blocks once two operators have signed it, and at both") {
  Rig rig;
  const auto run = rig.text(rig.start(), "run");
  rig.both_wait();
  const auto waiting = rig.call(rig.delos(), "approval.list").at("approvals").as_array();
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0].at("need").to_number<int>() == 2);
  const auto wanted = rig.delos().services().runs->approvals();
  for (const auto& one : wanted) rig.approve(rig.delos(), *rig.at_delos, one);
  rig.pass(std::chrono::seconds(2));
  CHECK(rig.active(rig.delos()) == 0);
  for (const auto& one : wanted) rig.approve(rig.bleu(), *rig.at_bleu, one);
  REQUIRE(rig.until([&] { return rig.active(rig.delos()) == 2; }));
  CHECK(rig.list(rig.delos()).find("evil.example") != std::string::npos);
  REQUIRE(rig.until(
      [&] { return rig.list(rig.bleu()).find("evil.example") != std::string::npos; }));
  CHECK(rig.until([&] {
    return rig.text(rig.call(rig.delos(), "run.show", {{"run", run}}), "state") == "completed";
  }));
  CHECK(rig.call(rig.delos(), "effect.list", {{"active", true}})
            .at("effects").as_array().size() == 2);
}

TEST_CASE("an approval that nobody signed so, or in no form at all, counts for nothing") {
  Rig rig;
  rig.start();
  rig.both_wait();
  const auto code = [&](json::object args) {
    return rig.reply(rig.delos(), "approve", std::move(args)).code;
  };
  CHECK(code({}) == "invalid");
  CHECK(code({{"order", "????"}, {"signature", "????"}}) == "invalid");
  CHECK(code({{"order", "AAAA"}, {"signature", "AAAA"}}) == "invalid");
  const auto wanted = rig.delos().services().runs->approvals().at(0);
  const auto body = encode_approval_body(
      {.run = wanted.run, .step = wanted.step, .command = wanted.digest,
       .targets = wanted.targets, .deadline = wanted.deadline, .decision = Decision::approve,
       .org = "delos", .analyst = "duty", .signed_at = rig.delos().services().now(), .why = {}});
  CHECK(code(rig.signed_arguments(rig.delos(), *rig.at_bleu, crypto::Label::approval, body)) ==
        "unauthenticated");
  CHECK(rig.delos().services().runs->approvals().at(0).have.empty());
}

TEST_CASE("what a run blocked at this operator is undone by its run or by its id") {
  for (const bool by_run : {true, false}) {
    Rig rig;
    const auto run = rig.blocked();
    std::string own;
    for (const auto& effect : rig.delos().services().runs->effects(true))
      if (effect.org == "delos") own = to_base32(effect.id);
    rig.call(rig.delos(), "effect.undo",
             by_run ? json::object{{"run", run}} : json::object{{"id", own.substr(0, 8)}});
    CHECK(rig.until(
        [&] { return rig.list(rig.delos()).find("evil.example") == std::string::npos; }));
    CHECK(rig.list(rig.bleu()).find("evil.example") != std::string::npos);
    CHECK(rig.reply(rig.delos(), "effect.undo", {{"id", "abcd"}}).code == "not_found");
  }
}

TEST_CASE("a person freezes new effects at this operator, and thaws them") {
  Rig rig;
  const auto order = [&](OrderKind kind, std::string verb) {
    const auto body = encode_order_body({.kind = kind, .run = {}, .subject = {}, .org = "delos",
                                         .analyst = "duty",
                                         .signed_at = rig.delos().services().now(),
                                         .why = "caution", .outputs = {}});
    return rig.call(rig.delos(), verb,
                    rig.signed_arguments(rig.delos(), *rig.at_delos, crypto::Label::order, body));
  };
  CHECK(order(OrderKind::freeze, "effect.freeze").at("frozen").as_bool());
  CHECK(rig.call(rig.delos(), "effect.list").at("frozen").as_bool());
  CHECK_FALSE(order(OrderKind::thaw, "effect.thaw").at("frozen").as_bool());
}
