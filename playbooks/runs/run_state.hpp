// The state of a run as a pure function of its start record and its executors' records, so that
// every agent that holds the same records shows the same state.
#pragma once

#include "playbooks/runs/run_record.hpp"

namespace tocsin::playbooks {

enum class StepState : std::uint8_t {
  pending,    ///< not reached
  ready,      ///< reached; its executor has not recorded anything yet
  approval,   ///< waits for signatures
  manual,     ///< waits for a person
  running,    ///< an effect is intended
  succeeded, failed, refused, rejected, timed_out, aborted,
  unknown,    ///< a crash left open whether the effect happened
  skipped,    ///< a branch that was not taken, or not this run's to do
};
std::string_view name_of(StepState state);
bool is_final(StepState state);

enum class RunStatus : std::uint8_t { running, completed, failed, aborted };
std::string_view name_of(RunStatus status);

struct Signer {
  std::string org, analyst;
  Digest record;
  bool operator==(const Signer&) const = default;
};

struct StepStatus {
  std::string id, name, org;
  StepType type{};
  StepState state{};
  WallTime started, ended;  ///< zero if not
  std::string result;       ///< why it ended as it did
  Digest command;           ///< of the request that is open or was last
  std::string command_text;
  std::vector<std::string> targets;
  std::string action_class;
  WallTime deadline;
  std::uint32_t need = 0;         ///< distinct organisations
  std::vector<Signer> have;       ///< counted by the executor
  std::uint32_t refused_approvals = 0;
  Digest indicator;               ///< behind the target of the request, or zero
  std::optional<bool> branch;     ///< what an if-condition decided
};

enum class EffectState : std::uint8_t {
  intended = 1, active = 2, undone = 3, expired = 4, failed = 5, unknown = 6,
};
std::string_view name_of(EffectState state);

struct EffectStatus {
  EffectId id;
  RunId run;
  std::string step, actuator, org;
  AgentId agent;
  BlockTarget target;
  std::string action_class;
  WallTime since, until;
  EffectState state{};
  std::string reason;
  Digest indicator;  ///< zero if none is known
  mesh::Marking marking;
  Digest undo_cause; ///< zero, or the retraction or order that undid it
};

struct RunState {
  RunId id;
  RunStart start;
  RunStatus status = RunStatus::running;
  std::string result;
  std::map<std::string, StepStatus> steps;
  std::map<EffectId, EffectStatus> effects;
  std::map<std::string, std::string> variables;
  std::uint32_t replayed_approvals = 0;

  /// Over everything that an analyst sees: equal on agents that hold the same records.
  Digest digest() const;
};

/// Events of one executor by their index in its chain of this run, from 1. Two of one index (after
/// a restore from an old backup) both count, in the order of their digests.
using ExecutorChain = std::map<std::pair<std::uint32_t, Digest>, RunEvent>;

/// `chains` is by executor; an event counts once all with a lower index are there. Without
/// `playbook` (not arrived yet) all steps are missing and the run is `running`.
RunState compute_state(const RunStart& start, const Playbook* playbook,
                       const std::map<AgentId, ExecutorChain>& chains);

}  // namespace tocsin::playbooks
