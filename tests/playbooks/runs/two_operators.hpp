// Two operators with their agents, analysts and block lists in memory: records are exchanged and
// effects performed only when a test says so.
#pragma once

#include <functional>

#include "crypto/base_encoding.hpp"
#include "playbooks/act/edl.hpp"
#include "playbooks/act/rpz.hpp"
#include "playbooks/runs/run_engine.hpp"
#include "tests/catch.hpp"
#include "tests/memory_world.hpp"
#include "tests/source_root.hpp"

namespace tocsin::tests {

using namespace playbooks;

struct Person {
  crypto::SigningKey key;
  crypto::CertificateBody certificate;
};

/// What an agent has published, with whether it went to the partner.
struct SentRecord {
  Bytes bytes;
  mesh::Audience audience;
};

struct Operator {
  std::string org;
  AgentId agent;
  MemoryDisk disk;
  Guard guard;
  std::unique_ptr<Edl> edl;
  std::unique_ptr<Rpz> rpz;
  std::unique_ptr<RunEngine> engine;
  std::vector<SentRecord> log;       ///< durable, in order
  std::size_t shown = 0;             ///< of the partner's log
  Actions held;                      ///< DoEffect while `hold_effects`
  bool hold_effects = false;
  int effects_done = 0;
};

struct TwoOperators {
  WallTime now{1'790'000'000'000};
  FederationId federation;
  crypto::Charter charter;
  SeededEntropy entropy{7};
  std::map<std::string, Person> people;  ///< "org/name"
  std::map<std::string, IndicatorFacts> indicators;
  Operator delos{"delos"}, bleu{"bleu"};

  TwoOperators() {
    federation.data.fill(9);
    charter.federation = federation;
    for (const auto* org : {"delos", "bleu", "bsi"}) {
      crypto::Member member{org, org, "DE"};
      member.role = std::string_view(org) == "bsi" ? crypto::OrgRole::authority
                                                   : crypto::OrgRole::operator_;
      charter.body.members.push_back(member);
    }
    charter.body.policies = {{"block"}};
    charter.body.expires = now + std::chrono::days(365);
    for (const auto* name : {"delos/anna", "delos/dora", "bleu/luc", "bsi/hans"}) hire(name);
    delos.agent.data.fill(1);
    bleu.agent.data.fill(2);
    open(delos);
    open(bleu);
  }

  void hire(const std::string& name) {
    Person person{crypto::SigningKey::make(entropy), {}};
    auto& certificate = person.certificate;
    certificate.kind = crypto::CertificateKind::analyst;
    certificate.org = name.substr(0, name.find('/'));
    certificate.name = name.substr(name.find('/') + 1);
    certificate.signing = person.key.public_key();
    certificate.roles = std::uint8_t(crypto::AnalystRole::analyst) |
                        std::uint8_t(crypto::AnalystRole::approver);
    certificate.not_before = now - std::chrono::hours(1);
    certificate.not_after = now + std::chrono::hours(24 * 60);
    people.emplace(name, std::move(person));
  }

  RunPorts ports(Operator& at) {
    RunPorts out;
    out.charter = &charter;
    out.guard = &at.guard;
    out.entropy = &entropy;
    out.analyst = [this](std::string_view org, std::string_view name) {
      const auto found = people.find(fmt::format("{}/{}", org, name));
      return found == people.end() ? std::optional<crypto::CertificateBody>()
                                   : found->second.certificate;
    };
    out.indicator = [this](const BlockTarget& target) {
      const auto found = indicators.find(target.value);
      return found == indicators.end() ? std::optional<IndicatorFacts>() : found->second;
    };
    out.actuator = [&at](std::string_view name) -> const Actuator* {
      if (name == "edl") return at.edl.get();
      return name == "rpz" ? at.rpz.get() : nullptr;
    };
    out.executor = [this](std::string_view org) -> std::optional<AgentId> {
      if (org == "delos") return delos.agent;
      if (org == "bleu") return bleu.agent;
      return std::nullopt;
    };
    return out;
  }

  /// A fresh start, or one after a crash: what is on disk and in the log is there.
  /// A restart. `replay` gives the engine what else the store holds, after its records.
  void open(Operator& at, const std::function<void(RunEngine&)>& replay = {}) {
    at.edl = *Edl::open(at.disk, "edl.txt");
    at.rpz = *Rpz::open(at.disk, {"rpz.zone"});
    RunOptions options{at.org, at.agent, at.agent.prefix(), federation};
    at.engine = std::make_unique<RunEngine>(ports(at), options);
    at.held.clear();
    for (const auto& record : at.log) give(at, record, at);
    for (std::size_t i = 0; i < at.shown; ++i) give(at, partner(at).log[i], partner(at));
    if (replay) replay(*at.engine);
    perform(at, at.engine->resume(now));
  }

  Operator& partner(const Operator& at) { return &at == &delos ? bleu : delos; }

  void give(Operator& to, const SentRecord& record, const Operator& from) {
    const auto view = mesh::view_record(record.bytes);
    REQUIRE(view);
    perform(to, to.engine->on_record(*view, from.org, from.agent, record.audience, true, now));
  }

  void perform(Operator& at, Actions actions) {
    for (auto& action : actions) {
      if (auto* publish = std::get_if<PublishRecord>(&action)) {
        at.log.push_back({publish->record, publish->audience});
        give(at, SentRecord(at.log.back()), at);
      } else if (auto* effect = std::get_if<DoEffect>(&action)) {
        if (at.hold_effects) {
          at.held.push_back(*effect);
          continue;
        }
        ++at.effects_done;
        const auto done = actuator(at, effect->actuator).do_effect(effect->effect);
        perform(at, at.engine->on_effect_done(effect->run, effect->effect.id, done, now));
      } else if (auto* undo = std::get_if<UndoEffect>(&action)) {
        const auto done = actuator(at, undo->actuator).undo(undo->id);
        perform(at, at.engine->on_effect_undone(undo->run, undo->id, done, now));
      } else if (auto* probe = std::get_if<ProbeEffect>(&action)) {
        const auto found = actuator(at, probe->actuator).probe(probe->id);
        perform(at, at.engine->on_effect_probed(probe->run, probe->id, found, now));
      }
    }
  }

  Actuator& actuator(Operator& at, std::string_view name) {
    if (name == "edl") return *at.edl;
    return *at.rpz;
  }

  /// Both see all that the other has published.
  void exchange() {
    while (delos.shown < bleu.log.size() || bleu.shown < delos.log.size()) {
      if (delos.shown < bleu.log.size()) give(delos, SentRecord(bleu.log[delos.shown++]), bleu);
      if (bleu.shown < delos.log.size()) give(bleu, SentRecord(delos.log[bleu.shown++]), delos);
    }
  }

  void tick(Duration passed) {
    now = now + passed;
    perform(delos, delos.engine->tick(now));
    perform(bleu, bleu.engine->tick(now));
  }

  mesh::Audience operators() const { return {false, {"bleu", "delos"}, {}}; }

  Digest share(const std::string& json) {
    auto shared = delos.engine->share_playbook(json, operators(), now);
    REQUIRE(shared);
    perform(delos, std::move(*shared));
    exchange();
    return crypto::blake2b(bytes_of(json));
  }
  static std::string shipped(const std::string& name) {
    return read_text(source_root() / "playbooks" / "library" / name);
  }

  RunId start(const Digest& playbook, const std::string& value,
              mesh::Marking marking = {mesh::Tlp::amber, mesh::Pap::green}) {
    const StartRequest request{playbook, "inc", {{"value", value}}, "delos/anna", marking,
                               operators()};
    auto started = delos.engine->start(request, now);
    INFO((started ? "" : started.error().message));
    REQUIRE(started);
    perform(delos, std::move(started->actions));
    exchange();
    return started->run;
  }

  IndicatorFacts known(const std::string& value, mesh::Marking marking) {
    const auto target = block_target(value);
    REQUIRE(target);
    IndicatorFacts facts{crypto::blake2b(bytes_of(value)), target->type, value, marking,
                         operators(), 90, now + std::chrono::hours(24)};
    indicators[value] = facts;
    return facts;
  }

  ApprovalBody body_for(Operator& at, const RunId& run, const std::string& step,
                        const std::string& person) {
    const auto request = at.engine->approval(to_base32(run), step);
    INFO((request ? "" : request.error().message));
    REQUIRE(request);
    const auto& who = people.at(person).certificate;
    return {run, step, request->digest, request->targets, request->deadline, Decision::approve,
            who.org, who.name, now, {}};
  }
  SignedBody sign(const Bytes& body, const std::string& person,
                  crypto::Label label = crypto::Label::approval) {
    return {body, people.at(person).key.sign(label, federation, body)};
  }
  /// `person` approves at its own agent; nothing is exchanged yet.
  Result<void> approve(Operator& at, const RunId& run, const std::string& step,
                       const std::string& person) {
    return submit(at, sign(encode_approval_body(body_for(at, run, step, person)), person));
  }
  Result<void> submit(Operator& at, const SignedBody& body) {
    auto done = at.engine->submit(body, now);
    if (!done) return std::unexpected(done.error());
    perform(at, std::move(*done));
    return {};
  }
  Result<void> order(Operator& at, OrderKind kind, const RunId& run, const std::string& subject,
                     const std::string& person) {
    const auto& who = people.at(person).certificate;
    const OrderBody body{kind, run, subject, who.org, who.name, now, "because", {}};
    return submit(at, sign(encode_order_body(body), person, crypto::Label::order));
  }

  /// The step of `org` with this actuator or that is manual (empty actuator).
  std::string step_of(const Digest& playbook, std::string_view org, std::string_view actuator) {
    for (const auto* checked : delos.engine->playbooks())
      if (checked->playbook.digest == playbook)
        for (const auto& [id, step] : checked->playbook.steps)
          if (step.org == org && step.commands.front().actuator == actuator) return id;
    FAIL("no such step");
    return {};
  }
  StepStatus status(Operator& at, const RunId& run, const std::string& step) {
    const auto found = at.engine->run(to_base32(run));
    REQUIRE(found);
    return found->steps.at(step);
  }
};

}  // namespace tocsin::tests
