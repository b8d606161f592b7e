#include "playbooks/runs/run_state.hpp"

#include <algorithm>

#include "playbooks/runs/run_plan.hpp"

namespace tocsin::playbooks {
namespace {

/// Applies the events of one executor to the steps that are its own.
class ChainFold {
 public:
  ChainFold(RunState& state, const Playbook& playbook, const AgentId& agent)
      : state_(state), playbook_(playbook), agent_(agent) {}

  void apply(const RunEvent& event) {
    if (event.code == EventCode::aborted) return abort(event);
    if (event.code == EventCode::effect && !is_of_step(event)) return;
    if (event.code == EventCode::effect) apply_effect(event);
    auto* step = own_step(event);
    if (!step) return;
    if (event.code == EventCode::approval_refused) {
      ++step->refused_approvals;
      state_.replayed_approvals += event.replayed ? 1 : 0;
    }
    if (!is_final(step->state)) advance(*step, event);
  }

 private:
  /// Only the executor of a step changes it; the run's starter decides its conditions.
  StepStatus* own_step(const RunEvent& event) {
    const auto* plan = playbook_.step(event.step);
    if (!plan) return nullptr;
    const auto executor = state_.start.executors.find(plan->org);
    const bool own = plan->type == StepType::if_condition
                         ? agent_ == state_.start.starter
                         : executor != state_.start.executors.end() && executor->second == agent_;
    return own ? &state_.steps.at(event.step) : nullptr;
  }

  void abort(const RunEvent& event) {
    const bool takes_part =
        agent_ == state_.start.starter ||
        std::any_of(state_.start.executors.begin(), state_.start.executors.end(),
                    [&](const auto& one) { return one.second == agent_; });
    if (!takes_part) return;
    state_.status = RunStatus::aborted;
    state_.result = event.text;
    for (auto& [id, step] : state_.steps) {
      RunEvent own = event;
      own.step = id;
      if (!is_final(step.state) && own_step(own)) end(step, StepState::aborted, event);
    }
  }

  void advance(StepStatus& step, const RunEvent& event) {
    if (step.started.ms == 0) step.started = event.at;
    switch (event.code) {
      case EventCode::approval_requested: return request(step, event);
      case EventCode::approval_counted:
        step.have.push_back({event.org, event.analyst, event.cites});
        return;
      case EventCode::voided:
        step.state = StepState::pending;
        step.have.clear();
        step.command = {};
        return;
      case EventCode::manual_waiting:
        step.state = StepState::manual;
        step.command_text = event.text;
        step.deadline = event.deadline;
        return;
      case EventCode::effect:
        if (EffectState(event.effect_state) == EffectState::intended)
          step.state = StepState::running;
        return;
      case EventCode::succeeded:
        take_outputs(event);
        return end(step, StepState::succeeded, event);
      case EventCode::failed: return end(step, StepState::failed, event);
      case EventCode::refused: return end(step, StepState::refused, event);
      case EventCode::rejected: return end(step, StepState::rejected, event);
      case EventCode::timed_out: return end(step, StepState::timed_out, event);
      case EventCode::unknown: return end(step, StepState::unknown, event);
      case EventCode::branch:
        if (!step.branch) step.branch = event.taken;
        return;
      case EventCode::standing_used:
        step.command = event.command;
        step.command_text = event.text;
        step.targets = event.targets;
        step.action_class = event.action_class;
        return;
      case EventCode::started:
      case EventCode::approval_refused:
      case EventCode::aborted:
      case EventCode::order: return;
    }
  }

  /// A step writes the variables that its playbook lets it write, in their type; nothing else.
  void take_outputs(const RunEvent& event) {
    const auto& allowed = playbook_.step(event.step)->out_args;
    for (const auto& [name, value] : event.outputs) {
      const auto variable = playbook_.variables.find(name);
      if (variable == playbook_.variables.end() || variable->second.constant ||
          std::find(allowed.begin(), allowed.end(), name) == allowed.end())
        continue;
      if (auto checked = check_value(variable->second.type, value))
        state_.variables[name] = std::move(*checked);
    }
  }

  /// Whether the effect's id is one that its step can have.
  static bool is_of_step(const RunEvent& event) {
    for (std::size_t i = 0; i < step_commands_max; ++i)
      if (effect_id(event.run, event.step, i, event.target) == event.effect) return true;
    return false;
  }

  void request(StepStatus& step, const RunEvent& event) {
    step.state = StepState::approval;
    step.have.clear();
    step.command = event.command;
    step.command_text = event.text;
    step.targets = event.targets;
    step.action_class = event.action_class;
    step.deadline = event.deadline;
    step.need = event.need;
    step.indicator = event.indicator;
  }

  static void end(StepStatus& step, StepState state, const RunEvent& event) {
    step.state = state;
    step.ended = event.at;
    step.result = event.text;
  }

  void apply_effect(const RunEvent& event) {
    const auto* plan = playbook_.step(event.step);
    if (!plan || !own_step(event)) return;
    const auto next = EffectState(event.effect_state);
    auto [at, fresh] = state_.effects.try_emplace(event.effect);
    auto& effect = at->second;
    if (fresh) {
      effect = {event.effect, event.run, event.step, event.actuator, plan->org, agent_,
                event.target, event.action_class, event.at, event.until, next, event.text,
                event.indicator, state_.start.marking, {}};
      return;
    }
    // What has happened stays happened: later news only ends it.
    if (next == EffectState::intended || effect.state == EffectState::undone ||
        effect.state == EffectState::expired)
      return;
    if (next == EffectState::active && effect.state != EffectState::active)
      effect.since = event.at;
    effect.state = next;
    effect.reason = event.text;
    effect.undo_cause = event.cites;
  }

  RunState& state_;
  const Playbook& playbook_;
  const AgentId& agent_;
};

void write(ByteWriter& out, const StepStatus& step) {
  out.blob32(bytes_of(step.id));
  out.u8(std::uint8_t(step.state));
  out.u64(std::uint64_t(step.started.ms));
  out.u64(std::uint64_t(step.ended.ms));
  out.blob32(bytes_of(step.result));
  out.fixed(step.command);
  out.u64(std::uint64_t(step.deadline.ms));
  out.u32(std::uint32_t(step.have.size()));
  for (const auto& signer : step.have) {
    out.blob32(bytes_of(signer.org));
    out.blob32(bytes_of(signer.analyst));
    out.fixed(signer.record);
  }
  out.u32(step.refused_approvals);
  out.u8(step.branch ? (*step.branch ? 2 : 1) : 0);
}

void write(ByteWriter& out, const EffectStatus& effect) {
  out.fixed(effect.id);
  out.blob32(bytes_of(effect.step));
  out.fixed(effect.agent);
  out.blob32(bytes_of(effect.target.value));
  out.u64(std::uint64_t(effect.since.ms));
  out.u64(std::uint64_t(effect.until.ms));
  out.u8(std::uint8_t(effect.state));
  out.blob32(bytes_of(effect.reason));
  out.fixed(effect.undo_cause);
}

}  // namespace

std::string_view name_of(StepState state) {
  switch (state) {
    case StepState::pending: return "pending";
    case StepState::ready: return "ready";
    case StepState::approval: return "approval";
    case StepState::manual: return "manual";
    case StepState::running: return "running";
    case StepState::succeeded: return "succeeded";
    case StepState::failed: return "failed";
    case StepState::refused: return "refused";
    case StepState::rejected: return "rejected";
    case StepState::timed_out: return "timed_out";
    case StepState::aborted: return "aborted";
    case StepState::unknown: return "unknown";
    case StepState::skipped: return "skipped";
  }
  TOCSIN_ASSERT(false);
  return {};
}

bool is_final(StepState state) { return state >= StepState::succeeded; }

std::string_view name_of(RunStatus status) {
  switch (status) {
    case RunStatus::running: return "running";
    case RunStatus::completed: return "completed";
    case RunStatus::failed: return "failed";
    case RunStatus::aborted: return "aborted";
  }
  TOCSIN_ASSERT(false);
  return {};
}

std::string_view name_of(EffectState state) {
  switch (state) {
    case EffectState::intended: return "intended";
    case EffectState::active: return "active";
    case EffectState::undone: return "undone";
    case EffectState::expired: return "expired";
    case EffectState::failed: return "failed";
    case EffectState::unknown: return "unknown";
  }
  TOCSIN_ASSERT(false);
  return {};
}

Digest RunState::digest() const {
  ByteWriter out;
  out.fixed(id);
  out.u8(std::uint8_t(status));
  out.blob32(bytes_of(result));
  for (const auto& [name, step] : steps) write(out, step);
  for (const auto& [name, effect] : effects) write(out, effect);
  for (const auto& [name, value] : variables) {
    out.blob32(bytes_of(name));
    out.blob32(bytes_of(value));
  }
  out.u32(replayed_approvals);
  return crypto::blake2b(out.bytes());
}

RunState compute_state(const RunStart& start, const Playbook* playbook,
                       const std::map<AgentId, ExecutorChain>& chains) {
  RunState out;
  out.id = start.run;
  out.start = start;
  if (!playbook) return out;
  for (const auto& [name, variable] : playbook->variables)
    if (variable.value) out.variables.emplace(name, *variable.value);
  for (const auto& [name, value] : start.variables) out.variables[name] = value;
  for (const auto& [id, step] : playbook->steps)
    out.steps.emplace(id, StepStatus{id, step.name, step.org, step.type, {}});

  for (const auto& [agent, chain] : chains) {
    ChainFold fold(out, *playbook, agent);
    std::uint32_t reached = 0;
    for (const auto& [place, event] : chain) {
      if (place.first > reached + 1) break;
      reached = place.first;
      fold.apply(event);
    }
  }
  follow_plan(*playbook, out);
  return out;
}

}  // namespace tocsin::playbooks
