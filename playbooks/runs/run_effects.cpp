// Carries out effects once their intent is durable, and takes them back: by order, retraction,
// or the end of their time.
#include <algorithm>

#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {
namespace {

constexpr Duration undo_again_after = std::chrono::seconds(5);

/// What of an effect depends on its target only, so that objection() can be asked again.
StepCommand command_of(const EffectStatus& effect) {
  return {effect.action_class, {{effect.actuator, effect.target, {}}}, {}};
}

}  // namespace

void RunCore::emit_effect(Run& run, const EffectStatus& effect, EffectState state,
                          std::string text, const Digest& cites, WallTime now, Actions& out) {
  RunEvent event;
  event.code = EventCode::effect;
  event.step = effect.step;
  event.text = std::move(text);
  event.cites = cites;
  event.effect = effect.id;
  event.effect_state = std::uint8_t(state);
  event.actuator = effect.actuator;
  event.target = effect.target;
  event.action_class = effect.action_class;
  event.until = effect.until;
  event.indicator = effect.indicator;
  emit(run, std::move(event), now, out);
}

void RunCore::perform_intents(Run& run, WallTime now, Actions& out) {
  const auto effects = run.state.effects;
  bool ended = false;
  for (const auto& [id, effect] : effects) {
    if (!own(effect) || effect.state != EffectState::intended || !run.durable.contains(id) ||
        run.in_hand.contains(id))
      continue;
    std::optional<std::string> wrong = objection(run, command_of(effect));
    if (is_frozen()) wrong = "effects are frozen";
    if (run.state.status == RunStatus::aborted) wrong = "the run was aborted";
    if (effect.until <= now) wrong = "its time was over before it began";
    if (const auto undo = run.wanted_undo.find(id); undo != run.wanted_undo.end())
      wrong = undo->second.reason;
    if (wrong) {
      emit_effect(run, effect, EffectState::failed, *wrong, {}, now, out);
      ended = true;
      continue;
    }
    run.in_hand.insert(id);
    out.push_back(DoEffect{run.start.run, effect.actuator,
                           {id, effect.target, effect.until, effect.marking}});
  }
  if (ended) advance(run, now, out);
}

Actions RunEngine::on_effect_done(const RunId& id, const EffectId& effect_id, Result<void> done,
                                  WallTime now) {
  Actions out;
  auto* run = core_->run_with_start(id);
  if (!run || run->in_hand.erase(effect_id) == 0) return out;
  const auto found = run->state.effects.find(effect_id);
  if (found == run->state.effects.end()) return out;
  const auto effect = found->second;
  if (effect.state == EffectState::intended) {
    core_->emit_effect(*run, effect, done ? EffectState::active : EffectState::failed,
                       done ? effect.reason : done.error().message, {}, now, out);
    core_->live.insert(id);
  } else if (!done && effect.state == EffectState::active) {
    core_->emit_effect(*run, effect, EffectState::failed,
                       "not put back: " + done.error().message, {}, now, out);
  }
  if (done && run->wanted_undo.contains(effect_id)) core_->ask_undo(*run, effect, now, out);
  core_->advance(*run, now, out);
  return out;
}

void RunCore::want_undo(Run& run, const EffectStatus& effect, WantedUndo wanted, WallTime now,
                        Actions& out) {
  const bool may_hold = effect.state == EffectState::active ||
                        effect.state == EffectState::intended ||
                        effect.state == EffectState::unknown;
  if (!own(effect) || !may_hold) return;
  run.wanted_undo.try_emplace(effect.id, std::move(wanted));
  live.insert(run.start.run);
  // One that is in hand is undone when it is done; one that is not yet in hand never begins.
  if (effect.state != EffectState::intended) ask_undo(run, effect, now, out);
}

void RunCore::ask_undo(Run& run, const EffectStatus& effect, WallTime now, Actions& out) {
  auto& wanted = run.wanted_undo.at(effect.id);
  if (wanted.asked) return;
  wanted.asked = true;
  out.push_back(UndoEffect{run.start.run, effect.actuator, effect.id});
  out.push_back(WakeAt{now + undo_again_after});
}

Actions RunEngine::on_effect_undone(const RunId& id, const EffectId& effect_id,
                                    Result<void> done, WallTime now) {
  Actions out;
  auto* run = core_->run_with_start(id);
  if (!run || !run->wanted_undo.contains(effect_id)) return out;
  auto& wanted = run->wanted_undo.at(effect_id);
  const auto found = run->state.effects.find(effect_id);
  if (found == run->state.effects.end()) return out;
  if (!done) {
    wanted.asked = false;  // tick() tries again.
    out.push_back(Notify{id, found->second.step, "undo failed: " + done.error().message});
    out.push_back(WakeAt{now + undo_again_after});
    return out;
  }
  const auto effect = found->second;
  const auto ended = wanted;
  run->wanted_undo.erase(effect_id);
  core_->emit_effect(*run, effect, ended.as, ended.reason, ended.cause, now, out);
  core_->advance(*run, now, out);
  return out;
}

void RunCore::expire_effects(Run& run, WallTime now, Actions& out) {
  const auto effects = run.state.effects;
  for (const auto& [id, effect] : effects) {
    // One whose fate a crash left open may be in force: it goes like the others.
    const bool may_hold =
        effect.state == EffectState::active || effect.state == EffectState::unknown;
    if (!own(effect) || !may_hold) continue;
    if (run.wanted_undo.contains(id))
      ask_undo(run, effect, now, out);
    else if (effect.until <= now)
      want_undo(run, effect, {EffectState::expired, "its time is over", {}}, now, out);
  }
}

void RunCore::retract(const Digest& indicator, const Digest& cause, WallTime now,
                      Actions& out) {
  for (auto& [id, run] : runs) {
    if (!run.has_start) continue;
    const auto before = run.state;
    for (const auto& [effect_id, effect] : before.effects)
      if (effect.indicator == indicator)
        want_undo(run, effect, {EffectState::undone, "its indicator was retracted", cause}, now,
                  out);
    for (const auto& [name, step] : before.steps) {
      const auto* playbook = playbook_of(run);
      if (step.indicator != indicator || step.state != StepState::approval || !playbook ||
          !executes(run, *playbook->step(name)))
        continue;
      RunEvent event;
      event.code = EventCode::refused;
      event.step = name;
      event.text = "its indicator was retracted";
      event.cites = cause;
      emit(run, std::move(event), now, out);
    }
    if (live.contains(id)) advance(run, now, out);
  }
}

Actions RunEngine::on_retraction(const Digest& indicator, const Digest& cause, WallTime now) {
  Actions out;
  withdraw(indicator);
  if (core_->resumed)
    core_->retract(indicator, cause, now, out);
  else
    core_->early_retractions.emplace_back(indicator, cause);
  return out;
}

void RunCore::resume_run(Run& run, Actions& out) {
  live.insert(run.start.run);
  for (const auto& [id, effect] : run.state.effects) {
    if (!own(effect)) continue;
    const bool open = effect.state == EffectState::intended && run.durable.contains(id);
    if (effect.state == EffectState::unknown) out.push_back(WakeAt{effect.until});
    if (!open && effect.state != EffectState::active) continue;
    // Until the probe is answered nobody else begins it.
    if (open) run.in_hand.insert(id);
    out.push_back(ProbeEffect{run.start.run, effect.actuator, id});
    if (effect.state == EffectState::active) out.push_back(WakeAt{effect.until});
  }
}

Actions RunEngine::resume(WallTime now) {
  Actions out;
  if (core_->resumed) return out;
  core_->resumed = true;
  core_->resumed_at = now;
  for (auto& [id, run] : core_->runs)
    if (run.has_start) core_->resume_run(run, out);
  for (const auto& [indicator, cause] : std::exchange(core_->early_retractions, {}))
    core_->retract(indicator, cause, now, out);
  core_->trigger_early(now, out);
  out.push_back(WakeAt{now + core_->options.unreachable_after});
  auto more = tick(now);
  std::move(more.begin(), more.end(), std::back_inserter(out));
  return out;
}

Actions RunEngine::on_effect_probed(const RunId& id, const EffectId& effect_id, Presence found,
                                    WallTime now) {
  Actions out;
  auto* run = core_->run_with_start(id);
  if (!run) return out;
  const auto at = run->state.effects.find(effect_id);
  if (at == run->state.effects.end()) return out;
  const auto effect = at->second;
  if (effect.state == EffectState::active) {
    // Somebody emptied the control while we were away: the same effect is put back.
    if (found != Presence::absent || effect.until <= now || run->wanted_undo.contains(effect_id))
      return out;
    if (const auto wrong = core_->objection(*run, command_of(effect))) {
      core_->emit_effect(*run, effect, EffectState::failed, "not put back: " + *wrong, {}, now,
                         out);
    } else if (run->in_hand.insert(effect_id).second) {
      out.push_back(DoEffect{id, effect.actuator,
                             {effect_id, effect.target, effect.until, effect.marking}});
    }
    return out;
  }
  if (effect.state != EffectState::intended || run->in_hand.erase(effect_id) == 0) return out;
  if (found == Presence::present)
    core_->emit_effect(*run, effect, EffectState::active, effect.reason, {}, now, out);
  if (found == Presence::unknown)
    core_->emit_effect(*run, effect, EffectState::unknown,
                       "a crash left open whether it happened", {}, now, out);
  if (found == Presence::present && run->wanted_undo.contains(effect_id))
    core_->ask_undo(*run, effect, now, out);
  core_->advance(*run, now, out);
  return out;
}

Result<Actions> RunEngine::undo_effect(const EffectId& id, std::string_view why, WallTime now) {
  for (auto& [run_id, run] : core_->runs) {
    const auto found = run.state.effects.find(id);
    if (found == run.state.effects.end()) continue;
    const auto effect = found->second;
    if (!core_->own(effect))
      return std::unexpected(Error{Errc::refused, fmt::format("this effect is {}'s", effect.org),
                                   "sign an undo order for the run"});
    Actions out;
    core_->want_undo(run, effect, {EffectState::undone, std::string(why), {}}, now, out);
    core_->advance(run, now, out);
    return out;
  }
  return fail(Errc::not_found, "no such effect");
}

Result<Actions> RunEngine::undo_run(const RunId& id, std::string_view why, WallTime now) {
  auto* run = core_->run_with_start(id);
  if (!run) return fail(Errc::not_found, "no such run");
  Actions out;
  const auto effects = run->state.effects;
  for (const auto& [effect_id, effect] : effects)
    core_->want_undo(*run, effect, {EffectState::undone, std::string(why), {}}, now, out);
  core_->advance(*run, now, out);
  return out;
}

}  // namespace tocsin::playbooks
