// Answers what analysts ask: playbooks, runs, what waits for a signature, and effects.
#include <algorithm>

#include "crypto/base_encoding.hpp"
#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {

std::vector<const CheckedPlaybook*> RunEngine::playbooks() const {
  std::vector<const CheckedPlaybook*> out;
  for (const auto& [digest, playbook] : core_->playbooks) out.push_back(&playbook);
  return out;
}

Result<const CheckedPlaybook*> RunEngine::find_playbook(std::string_view id) const {
  const CheckedPlaybook* found = nullptr;
  for (const auto& [digest, checked] : core_->playbooks) {
    const auto& playbook = checked.playbook;
    const bool fits = !id.empty() && (to_base32(digest).starts_with(id) ||
                                      to_hex(digest.view()).starts_with(id) ||
                                      playbook.id == id || playbook.name == id);
    if (fits && found)
      return std::unexpected(Error{Errc::usage,
                                   fmt::format("'{}' names more than one playbook", id),
                                   "give more of its digest"});
    if (fits) found = &checked;
  }
  if (!found) return fail(Errc::not_found, "no playbook '{}'", id.substr(0, 80));
  return found;
}

std::vector<RunState> RunEngine::runs() const {
  std::vector<RunState> out;
  for (const auto& [id, run] : core_->runs)
    if (run.has_start) out.push_back(run.state);
  std::stable_sort(out.begin(), out.end(), [](const RunState& a, const RunState& b) {
    return a.start.at < b.start.at;
  });
  return out;
}

Result<RunState> RunEngine::run(std::string_view id) const {
  const RunState* found = nullptr;
  for (const auto& [run_id, run] : core_->runs) {
    if (!run.has_start || id.empty() || !to_base32(run_id).starts_with(id)) continue;
    if (found) return fail(Errc::usage, "'{}' begins more than one run's id", id);
    found = &run.state;
  }
  if (!found) return fail(Errc::not_found, "no run '{}'", id.substr(0, 80));
  return *found;
}

std::vector<ApprovalRequest> RunEngine::approvals() const {
  std::vector<ApprovalRequest> out;
  for (const auto& [id, run] : core_->runs)
    for (const auto& [name, step] : run.state.steps)
      if (step.state == StepState::approval && run.state.status == RunStatus::running)
        out.push_back({id, name, step.org, step.action_class, step.command_text, step.targets,
                       step.command, step.deadline, step.have, step.need});
  return out;
}

Result<ApprovalRequest> RunEngine::approval(std::string_view run_id,
                                            std::string_view step) const {
  const auto found = run(run_id);
  if (!found) return std::unexpected(found.error());
  for (auto& request : approvals())
    if (request.run == found->id && request.step == step) return request;
  return fail(Errc::not_found, "step {} of run {} does not wait for approval",
              step.substr(0, 80), to_base32(found->id));
}

std::vector<EffectStatus> RunEngine::effects(bool active_only) const {
  std::vector<EffectStatus> out;
  for (const auto& [id, run] : core_->runs)
    for (const auto& [effect_id, effect] : run.state.effects)
      if (!active_only || effect.state == EffectState::active) out.push_back(effect);
  return out;
}

std::vector<StandingStatus> RunEngine::standing() const { return core_->standing.all(); }

bool RunEngine::frozen() const { return core_->is_frozen(); }

const std::map<std::string, std::uint64_t>& RunEngine::refusals() const {
  return core_->refusals;
}

}  // namespace tocsin::playbooks
