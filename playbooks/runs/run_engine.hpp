// Drives playbook runs at one agent: takes records, orders and time, and answers with what the
// agent is to publish, do, undo and probe. It performs nothing itself.
#pragma once

#include <functional>
#include <set>
#include <variant>

#include "playbooks/act/guard.hpp"
#include "playbooks/runs/run_state.hpp"
#include "playbooks/runs/standing.hpp"

namespace tocsin::playbooks {

/// What is known of an indicator that may be blocked.
struct IndicatorFacts {
  Digest id;
  mesh::IndicatorType type{};
  std::string value;
  mesh::Marking marking;
  mesh::Audience audience;
  std::uint8_t confidence = 0;
  WallTime expires;
  bool retracted = false;
};

/// The agent's questions to the rest. Lifetime: all outlive the engine.
struct RunPorts {
  const crypto::Charter* charter = nullptr;
  const Guard* guard = nullptr;
  Entropy* entropy = nullptr;
  /// The certificate of a person who is not revoked.
  std::function<std::optional<crypto::CertificateBody>(std::string_view org,
                                                       std::string_view analyst)> analyst;
  /// The indicator of this value that permits most among those in force; nothing if none.
  std::function<std::optional<IndicatorFacts>(const BlockTarget&)> indicator;
  /// The configured actuator; null if there is none of that name. Only asked what it takes.
  std::function<const Actuator*(std::string_view name)> actuator;
  /// The agent of `org` that executes its steps (its first agent); nothing if it has none.
  std::function<std::optional<AgentId>(std::string_view org)> executor;
};

struct RunOptions {
  std::string org;
  AgentId agent;
  std::uint64_t author = 0;  ///< RecordHeader::author of own records
  FederationId federation;
  Duration approval_deadline = std::chrono::hours(4);  ///< where a step has no time-out
  Duration unreachable_after = std::chrono::seconds(2);
  Duration effect_ttl = std::chrono::hours(24);  ///< of a block that names none
};

/// Ends up in a mesh::Draft; comes back through on_record once durable.
struct PublishRecord {
  mesh::RecordKind kind{};
  mesh::Marking marking;
  mesh::Audience audience;
  Bytes record;
  bool urgent = false;
};
/// To be done now: its intent is durable. Answer with on_effect_done.
struct DoEffect {
  RunId run;
  std::string actuator;
  EffectOrder effect;
};
/// Answer with on_effect_undone.
struct UndoEffect {
  RunId run;
  std::string actuator;
  EffectId id;
};
/// After a restart. Answer with on_effect_probed.
struct ProbeEffect {
  RunId run;
  std::string actuator;
  EffectId id;
};
/// Call tick() at that time (monotonic time of the agent, given as wall time).
struct WakeAt {
  WallTime at;
};
/// For the live stream: something that analysts see has changed.
struct Notify {
  RunId run;
  std::string step;  ///< empty: the run
  std::string text;
};
using Action = std::variant<PublishRecord, DoEffect, UndoEffect, ProbeEffect, WakeAt, Notify>;
using Actions = std::vector<Action>;

struct StartRequest {
  Digest playbook;
  std::string incident;
  std::map<std::string, std::string> variables;  ///< by name, with or without underscores
  std::string started_by;                        ///< "org/analyst" or "standing order"
  mesh::Marking marking;      ///< of the incident and indicator, intersected
  mesh::Audience audience;
};
struct Started {
  RunId run;
  Actions actions;
};

struct ApprovalRequest {
  RunId run;
  std::string step, org, action_class, command;
  std::vector<std::string> targets;
  Digest digest;
  WallTime deadline;
  std::vector<Signer> have;
  std::uint32_t need = 0;
};

struct RunCore;

class RunEngine {
 public:
  RunEngine(RunPorts ports, RunOptions options);
  ~RunEngine();

  // What arrives. All of these are idempotent.

  /// A verified record of kind playbook, run_event, approval or effect; others are ignored.
  /// `durable` records may cause effects; one that was verified first is given again when it is
  /// on disk. `agent` and `org` are the author's. Faulty records are counted in refusals().
  Actions on_record(const mesh::RecordView& record, std::string_view org, const AgentId& agent,
                    const mesh::Audience& audience, bool durable, WallTime now);
  /// False while no indicator can start anything: no pre-authorisation is held, not even one
  /// whose signer is yet to be known.
  bool heeds_indicators() const;
  /// A durable indicator: starts what a standing order says, once for each indicator. What comes
  /// before resume() is started then, unless it was before, or withdrawn.
  Actions on_indicator(const IndicatorFacts& indicator, WallTime now);
  /// Before resume(): this one was retracted, and all that followed from that was done.
  void withdraw(const Digest& indicator);
  /// A joint incident that has opened, with its indicators.
  Actions on_incident(std::string_view incident, const std::vector<IndicatorFacts>& indicators,
                      WallTime now);
  /// Undoes what was derived from `indicator`; `cause` is the retraction's digest.
  Actions on_retraction(const Digest& indicator, const Digest& cause, WallTime now);
  Actions set_reachable(std::string_view org, bool reachable, WallTime now);
  Actions tick(WallTime now);
  /// Once, when the store has been replayed: probes what a crash left open.
  Actions resume(WallTime now);

  // Answers to actions.
  Actions on_effect_done(const RunId& run, const EffectId& id, Result<void> done, WallTime now);
  Actions on_effect_undone(const RunId& run, const EffectId& id, Result<void> done, WallTime now);
  Actions on_effect_probed(const RunId& run, const EffectId& id, Presence found, WallTime now);

  // What people at this agent order. Errors: not_found, refused, marking, expired, duplicate
  // (a replayed approval, which is counted), unauthenticated, invalid.

  /// The document as share_playbook takes it. Changes nothing.
  Result<CheckedPlaybook> shareable(std::string_view json) const;
  /// The record that shares a document, which must be without problems.
  Result<Actions> share_playbook(std::string_view json, const mesh::Audience& audience,
                                 WallTime now);
  Result<Started> start(const StartRequest& request, WallTime now);
  /// Whether `start` would take it. Changes nothing.
  Result<void> check_start(const StartRequest& request, WallTime now) const;
  /// Of an approval, rejection, pre-authorisation or order; its first byte tells which.
  Result<Actions> submit(const SignedBody& body, WallTime now);
  /// Whether `submit` would take this order. Changes nothing.
  Result<void> check_order(const SignedBody& body) const;
  /// Own effects only, by the agent's own role check.
  Result<Actions> undo_effect(const EffectId& id, std::string_view why, WallTime now);
  Result<Actions> undo_run(const RunId& run, std::string_view why, WallTime now);

  // What is shown.
  std::vector<const CheckedPlaybook*> playbooks() const;
  /// By digest in base32 or hex, a unique prefix of it, CACAO id, or name.
  Result<const CheckedPlaybook*> find_playbook(std::string_view id) const;
  std::vector<RunState> runs() const;
  Result<RunState> run(std::string_view id) const;  ///< base32, or a unique prefix
  std::vector<ApprovalRequest> approvals() const;
  Result<ApprovalRequest> approval(std::string_view run, std::string_view step) const;
  std::vector<EffectStatus> effects(bool active_only) const;
  std::vector<StandingStatus> standing() const;
  bool frozen() const;
  /// Reason → count, of approvals, orders and records that were not accepted.
  const std::map<std::string, std::uint64_t>& refusals() const;

  static constexpr std::size_t runs_max = 65'536;
  static constexpr std::size_t playbooks_max = 4'096;
  static constexpr std::size_t orphans_max = 4'096;

 private:
  std::unique_ptr<RunCore> core_;
};

}  // namespace tocsin::playbooks
