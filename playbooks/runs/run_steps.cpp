// Moves the steps that this agent executes: begins what has been reached, asks the guard, decides
// conditions, and ends what is over.
#include <algorithm>

#include "playbooks/runs/condition.hpp"
#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {
namespace {

RunEvent event_of(EventCode code, const Step& step, std::string text) {
  RunEvent out;
  out.code = code;
  out.step = step.id;
  out.text = std::move(text);
  return out;
}

}  // namespace

void RunCore::advance_live(WallTime now, Actions& out) {
  for (const auto& id : std::vector<RunId>(live.begin(), live.end()))
    if (auto* run = run_with_start(id)) advance(*run, now, out);
}

void RunCore::advance(Run& run, WallTime now, Actions& out) {
  const auto* playbook = playbook_of(run);
  if (!resumed || !run.has_start || !playbook) return;
  follow_orders(run, now, out);
  // Each round records at least one event; a run has room for far fewer.
  for (std::size_t round = 0; round < chain_events_max; ++round) {
    const auto moved = [&](const auto& one) {
      return executes(run, one.second) && advance_step(run, one.second, now, out);
    };
    if (std::none_of(playbook->steps.begin(), playbook->steps.end(), moved)) break;
  }
  perform_intents(run, now, out);
  const bool in_force = std::any_of(
      run.state.effects.begin(), run.state.effects.end(), [&](const auto& one) {
        return own(one.second) && (one.second.state == EffectState::active ||
                                   one.second.state == EffectState::unknown ||
                                   one.second.state == EffectState::intended);
      });
  if (run.state.status != RunStatus::running && !in_force) live.erase(run.start.run);
}

bool RunCore::advance_step(Run& run, const Step& step, WallTime now, Actions& out) {
  const auto& status = run.state.steps.at(step.id);
  switch (status.state) {
    case StepState::ready:
      return step.type == StepType::if_condition ? decide_branch(run, step, now, out)
                                                 : begin_step(run, step, now, out);
    case StepState::approval: return check_approvals(run, step, now, out);
    case StepState::manual:
      if (status.deadline.ms == 0 || now < status.deadline) return false;
      emit(run, event_of(EventCode::timed_out, step, "nobody did it in time"), now, out);
      return true;
    case StepState::running:
      return step.type == StepType::action && end_running(run, step, now, out);
    case StepState::succeeded:
    case StepState::failed:
    case StepState::refused:
    case StepState::rejected:
    case StepState::timed_out:
    case StepState::unknown: return judge_next(run, step, now, out);
    case StepState::pending:
    case StepState::aborted:
    case StepState::skipped: return false;
  }
  TOCSIN_ASSERT(false);
  return false;
}

bool RunCore::begin_step(Run& run, const Step& step, WallTime now, Actions& out) {
  if (step.delay != Duration{}) {
    const auto [at, fresh] = run.begin_at.try_emplace(step.id, now + step.delay);
    if (fresh) out.push_back(WakeAt{at->second});
    if (now < at->second) return false;
  }
  if (step.commands.front().type == CommandType::block) return begin_block(run, step, now, out);

  const auto command = resolve(step, run.state.variables, options.effect_ttl);
  if (!command) {
    emit(run, event_of(EventCode::refused, step, command.error().message), now, out);
    return true;
  }
  auto event = event_of(EventCode::manual_waiting, step, command->text);
  if (step.timeout != Duration{}) {
    event.deadline = now + step.timeout;
    out.push_back(WakeAt{event.deadline});
  }
  emit(run, std::move(event), now, out);
  return true;
}

bool RunCore::begin_block(Run& run, const Step& step, WallTime now, Actions& out) {
  const auto command = resolve(step, run.state.variables, options.effect_ttl);
  const auto wrong = command ? objection(run, *command) : command.error().message;
  if (wrong) {
    emit(run, event_of(EventCode::refused, step, *wrong), now, out);
    return true;
  }
  if (act_preauthorised(run, step, *command, now, out)) return true;

  auto event = event_of(EventCode::approval_requested, step, command->text);
  event.command = command_digest(run.start, step, options.agent, *command);
  event.targets = command->targets();
  event.action_class = command->action_class;
  event.need = orgs_needed(*ports.charter->policy(command->action_class));
  event.deadline = now + (step.timeout == Duration{} ? options.approval_deadline : step.timeout);
  if (const auto facts = ports.indicator(command->blocks.front().target))
    event.indicator = facts->id;
  out.push_back(WakeAt{event.deadline});
  emit(run, std::move(event), now, out);
  return true;
}

std::optional<std::string> RunCore::objection(const Run& run, const StepCommand& command) const {
  if (!ports.charter->policy(command.action_class))
    return fmt::format("the charter has no policy for the class {}", command.action_class);
  for (const auto& block : command.blocks) {
    const auto* actuator = ports.actuator(block.actuator);
    if (!actuator) return fmt::format("there is no actuator {} here", block.actuator);
    const auto type = block.target.type;
    if (!actuator->takes(type))
      return fmt::format("actuator {} takes no {}", block.actuator, mesh::name_of(type));
    const auto verdict = ports.guard->check(type, block.target.value, actuator->breadth(type));
    if (!verdict.allowed)
      return verdict.suggestion.empty()
                 ? fmt::format("guard: {}", verdict.reason)
                 : fmt::format("guard: {}; {}", verdict.reason, verdict.suggestion);
    const auto facts = ports.indicator(block.target);
    if (facts && facts->retracted)
      return fmt::format("the indicator {} was retracted", block.target.value);
    const auto marking = facts ? facts->marking : run.start.marking;
    if (!mesh::may_block(marking))
      return fmt::format("marking: {} is PAP:{}; a block needs PAP:GREEN or PAP:CLEAR",
                         block.target.value, mesh::name_of(marking.pap));
  }
  return std::nullopt;
}

void RunCore::act(Run& run, const Step& step, const StepCommand& command, Duration ttl_max,
                  std::string basis, WallTime now, Actions& out) {
  for (std::size_t i = 0; i < command.blocks.size(); ++i) {
    const auto& block = command.blocks[i];
    auto event = event_of(EventCode::effect, step, basis);
    event.effect = effect_id(run.start.run, step.id, i, block.target);
    event.effect_state = std::uint8_t(EffectState::intended);
    event.actuator = block.actuator;
    event.target = block.target;
    event.action_class = command.action_class;
    event.until = now + std::min(block.ttl, ttl_max);
    if (const auto facts = ports.indicator(block.target)) event.indicator = facts->id;
    out.push_back(WakeAt{event.until});
    emit(run, std::move(event), now, out);
  }
}

std::optional<Digest> RunCore::standing_cover(const Run& run, const Step& step,
                                              const StepCommand& command, WallTime now) const {
  const auto* policy = ports.charter->policy(command.action_class);
  if (step.unreachable != Unreachable::preauthorised || !policy) return std::nullopt;
  StandingBook::Ask ask{run.start.playbook, command.action_class, {}, 100,
                        std::uint32_t(command.blocks.size()), now};
  std::optional<Digest> terms;
  for (const auto& block : command.blocks) {
    const auto facts = ports.indicator(block.target);
    ask.type = block.target.type;
    ask.confidence = facts ? facts->confidence : 0;
    const auto cover = standing.covers(ask, *policy, *ports.charter);
    if (!cover || (terms && *terms != *cover)) return std::nullopt;
    terms = cover;
  }
  return terms;
}

bool RunCore::act_preauthorised(Run& run, const Step& step, const StepCommand& command,
                                WallTime now, Actions& out) {
  const bool barred = is_frozen() || now >= ports.charter->body.expires;
  const auto terms = barred ? std::nullopt : standing_cover(run, step, command, now);
  if (!terms) return false;
  auto event = event_of(EventCode::standing_used, step, command.text);
  event.cites = *terms;
  event.command = command_digest(run.start, step, options.agent, command);
  event.targets = command.targets();
  event.action_class = command.action_class;
  event.need = std::uint32_t(command.blocks.size());
  for (std::uint32_t i = 0; i < event.need; ++i)
    standing.use(*terms, standing_use(run.start.run, step.id, i));
  emit(run, std::move(event), now, out);
  act(run, step, command, Duration::max(), "pre-authorised", now, out);
  return true;
}

bool RunCore::decide_branch(Run& run, const Step& step, WallTime now, Actions& out) {
  const auto condition = parse_condition(step.condition);
  const auto taken = condition ? evaluate(*condition, run.state.variables)
                               : std::unexpected(condition.error());
  auto event = event_of(taken ? EventCode::branch : EventCode::failed, step,
                        taken ? std::string(*taken ? "true" : "false") : taken.error().message);
  event.taken = taken && *taken;
  emit(run, std::move(event), now, out);
  return true;
}

bool RunCore::end_running(Run& run, const Step& step, WallTime now, Actions& out) {
  std::size_t begun = 0, in_force = 0;
  std::string fault;
  bool unknown = false;
  for (const auto& [id, effect] : run.state.effects) {
    if (effect.step != step.id || !own(effect)) continue;
    ++begun;
    switch (effect.state) {
      case EffectState::intended: return false;
      case EffectState::unknown: unknown = true; break;
      case EffectState::failed: fault = effect.reason; break;
      case EffectState::active: ++in_force; break;
      case EffectState::undone:
      case EffectState::expired: break;
    }
  }
  // A crash between two intents leaves a step that was begun in part.
  if (fault.empty() && begun < step.commands.size())
    fault = fmt::format("only {} of {} blocks were begun", begun, step.commands.size());
  if (unknown)
    emit(run, event_of(EventCode::unknown, step, "a crash left open whether it happened"), now,
         out);
  else if (!fault.empty())
    emit(run, event_of(EventCode::failed, step, fault), now, out);
  else
    emit(run, event_of(EventCode::succeeded, step, fmt::format("{} in force", in_force)), now,
         out);
  return true;
}

}  // namespace tocsin::playbooks
