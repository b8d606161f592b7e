// What the parts of the run engine share: every run with its executors' chains, and how one event
// or action is added to it. Private to playbooks/runs.
#pragma once

#include <deque>
#include <set>

#include "playbooks/runs/command.hpp"
#include "playbooks/runs/run_engine.hpp"

namespace tocsin::playbooks {

struct WaitingApproval {
  SignedBody signed_body;
  ApprovalBody body;
  AgentId author;
};

struct WantedUndo {
  EffectState as{};  ///< undone or expired
  std::string reason;
  Digest cause;
  bool asked = false;  ///< the actuator has it in hand
};

struct Run {
  bool has_start = false;
  RunStart start;
  mesh::Audience audience;
  std::map<AgentId, ExecutorChain> chains;
  std::uint32_t last_index = 0;  ///< of our own chain
  RunState state;

  std::map<Digest, WaitingApproval> approvals;  ///< by record, not yet cited by us
  std::map<Digest, OrderBody> orders;           ///< by record: abort, done and undo
  std::set<Digest> cited;                       ///< by us
  std::map<std::string, WallTime> begin_at;     ///< steps with a delay
  std::set<EffectId> durable, in_hand;
  std::map<EffectId, WantedUndo> wanted_undo;
};

struct RunCore {
  RunCore(RunPorts given, RunOptions chosen) : ports(std::move(given)), options(std::move(chosen)) {}

  static constexpr std::size_t waiting_approvals_max = 32;  ///< of one author in one run
  static constexpr std::size_t refused_approvals_max = 16;  ///< recorded for one step
  static constexpr std::size_t orders_max = 256;            ///< of one run, and unverified ones
  static constexpr std::size_t chain_events_max = 8192;
  static constexpr std::size_t event_bytes_max = 16 * 1024;

  // run_engine.cpp
  Run* run_with_start(const RunId& id);
  Run* run_or_orphan(const RunId& id);
  const Playbook* playbook_of(const Run& run) const;
  void refresh(Run& run);
  void emit(Run& run, RunEvent event, WallTime now, Actions& out);
  void refuse(std::string reason) { ++refusals[std::move(reason)]; }
  bool executes(const Run& run, const Step& step) const;
  bool takes_part(const Run& run, std::string_view org) const;
  void take_start(const mesh::RecordView& record, const AgentId& agent,
                  const mesh::Audience& audience, WallTime now, Actions& out);
  void take_event(const mesh::RecordView& record, const AgentId& agent, bool durable,
                  WallTime now, Actions& out);
  void take_playbook(const mesh::RecordView& record, WallTime now, Actions& out);
  /// The playbook that is asked for, without problems.
  Result<const CheckedPlaybook*> wanted_playbook(const Digest& digest) const;
  /// Who executes what: all must be members with an agent, and may see the run.
  Result<RunStart> manned(const CheckedPlaybook& playbook, const StartRequest& request) const;
  Result<RunStart> plan_run(const CheckedPlaybook& playbook, const StartRequest& request,
                            RunStart start, WallTime now) const;
  Result<Started> begin_run(const CheckedPlaybook& playbook, const StartRequest& request,
                            RunStart start, WallTime now);

  // run_steps.cpp
  void advance(Run& run, WallTime now, Actions& out);
  void advance_live(WallTime now, Actions& out);
  bool advance_step(Run& run, const Step& step, WallTime now, Actions& out);
  bool begin_step(Run& run, const Step& step, WallTime now, Actions& out);
  bool begin_block(Run& run, const Step& step, WallTime now, Actions& out);
  bool decide_branch(Run& run, const Step& step, WallTime now, Actions& out);
  bool end_running(Run& run, const Step& step, WallTime now, Actions& out);
  /// Why these blocks must not happen, or nothing.
  std::optional<std::string> objection(const Run& run, const StepCommand& command) const;
  void act(Run& run, const Step& step, const StepCommand& command, Duration ttl_max,
           std::string basis, WallTime now, Actions& out);
  std::optional<Digest> standing_cover(const Run& run, const Step& step,
                                       const StepCommand& command, WallTime now) const;
  bool act_preauthorised(Run& run, const Step& step, const StepCommand& command, WallTime now,
                         Actions& out);

  // run_approvals.cpp
  bool check_approvals(Run& run, const Step& step, WallTime now, Actions& out);
  bool judge_next(Run& run, const Step& step, WallTime now, Actions& out);
  void take_approval(const mesh::RecordView& record, const AgentId& agent, WallTime now,
                     Actions& out);
  Result<Actions> submit_approval(const SignedBody& body, WallTime now);
  bool partner_is_away(const crypto::Policy& policy, WallTime now) const;

  // run_standing.cpp
  void take_standing(const SignedBody& body, WallTime now, Actions& out);
  Result<Actions> submit_standing(const SignedBody& body, WallTime now);
  void trigger(Trigger trigger, const IndicatorFacts& indicator, std::string_view incident,
               WallTime now, Actions& out);
  void keep_for_resume(const IndicatorFacts& indicator);
  void trigger_early(WallTime now, Actions& out);

  // run_orders.cpp
  void take_order(const SignedBody& body, const Digest& record, WallTime now, Actions& out);
  /// What submit_order does before it changes anything.
  Result<OrderBody> admit_order(const SignedBody& body);
  Result<Actions> submit_order(const SignedBody& body, WallTime now);
  Result<void> check_order(const OrderBody& order);
  void apply_order(const OrderBody& order, const Digest& record, WallTime now, Actions& out);
  void follow_orders(Run& run, WallTime now, Actions& out);
  bool is_frozen() const;
  void retry_unverified(WallTime now, Actions& out);
  void retry(const SignedBody& body, const Digest& record, WallTime now, Actions& out);

  // run_effects.cpp
  void perform_intents(Run& run, WallTime now, Actions& out);
  void want_undo(Run& run, const EffectStatus& effect, WantedUndo wanted, WallTime now,
                 Actions& out);
  void ask_undo(Run& run, const EffectStatus& effect, WallTime now, Actions& out);
  void emit_effect(Run& run, const EffectStatus& effect, EffectState state, std::string text,
                   const Digest& cites, WallTime now, Actions& out);
  void expire_effects(Run& run, WallTime now, Actions& out);
  void retract(const Digest& indicator, const Digest& cause, WallTime now, Actions& out);
  void resume_run(Run& run, Actions& out);

  bool own(const EffectStatus& effect) const { return effect.agent == options.agent; }
  mesh::RecordHeader header(mesh::RecordKind kind, mesh::Marking marking, WallTime now) const {
    return {kind, marking, now, options.author};
  }

  RunPorts ports;
  RunOptions options;
  bool resumed = false;
  WallTime resumed_at;
  std::map<Digest, CheckedPlaybook> playbooks;
  std::map<RunId, Run> runs;
  std::size_t orphans = 0;
  std::set<RunId> live;  ///< with something left to do here
  StandingBook standing;
  std::map<Digest, OrderBody> freezes;  ///< freeze and thaw orders of our organisation
  std::map<std::string, std::pair<bool, WallTime>, std::less<>> reachable;  ///< org → state, since
  std::vector<std::pair<SignedBody, Digest>> unverified;  ///< the signer is not known yet
  /// Before resume() nobody's certificate is known: a freeze among many orders must not be lost.
  static constexpr std::size_t replayed_orders_max = 1'048'576;
  bool room_for_unverified() const {
    return unverified.size() < (resumed ? orders_max : replayed_orders_max);
  }
  std::vector<std::pair<Digest, Digest>> early_retractions;  ///< before resume()
  /// What came before resume(), after so many of `unverified`: a crash may have come between it
  /// and what a standing order says.
  std::deque<std::pair<std::size_t, IndicatorFacts>> early_indicators;
  static constexpr std::size_t early_indicators_max = 65'536;
  std::set<Digest> withdrawn;  ///< by retractions that came after the first of them
  static constexpr std::size_t withdrawn_max = 4'000'000;
  Actions deferred;
  std::map<std::string, std::uint64_t> refusals;
};

}  // namespace tocsin::playbooks
