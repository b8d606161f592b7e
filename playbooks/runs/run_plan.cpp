#include "playbooks/runs/run_plan.hpp"

namespace tocsin::playbooks {
namespace {

/// How a way through the workflow stands.
enum class Way : std::uint8_t { open, ended, failed };

class Walk {
 public:
  Walk(const Playbook& playbook, RunState& state) : playbook_(playbook), state_(state) {}

  /// The way from `id` to its end step. Each step is walked once; validated plans have no loops.
  Way follow(const std::string& id) {
    if (id.empty()) return Way::ended;
    if (const auto known = ways_.find(id); known != ways_.end()) return known->second;
    const auto* step = playbook_.step(id);
    if (!step) return Way::failed;
    ways_.emplace(id, Way::open);
    const auto way = follow_step(*step, state_.steps.at(id));
    ways_[id] = way;
    return way;
  }

  const std::string& fault() const { return fault_; }

 private:
  Way follow_step(const Step& step, StepStatus& status) {
    switch (step.type) {
      case StepType::start:
        status.state = StepState::succeeded;
        return follow(step.on_completion);
      case StepType::end:
        status.state = StepState::succeeded;
        return Way::ended;
      case StepType::action: return follow_action(step, status);
      case StepType::parallel: return follow_parallel(step, status);
      case StepType::if_condition: return follow_condition(step, status);
    }
    TOCSIN_ASSERT(false);
    return Way::failed;
  }

  Way follow_action(const Step& step, StepStatus& status) {
    if (!state_.start.executors.contains(step.org)) {
      status.state = StepState::skipped;
      return follow(step.on_completion.empty() ? step.on_success : step.on_completion);
    }
    if (status.state == StepState::pending) status.state = StepState::ready;
    if (!is_final(status.state) || status.state == StepState::aborted) return Way::open;
    if (status.state == StepState::succeeded || status.state == StepState::skipped)
      return follow(step.on_completion.empty() ? step.on_success : step.on_completion);
    if (!step.on_failure.empty()) return follow(step.on_failure);
    if (!step.on_completion.empty()) return follow(step.on_completion);
    return failed(status);
  }

  Way follow_parallel(const Step& step, StepStatus& status) {
    Way all = Way::ended;
    for (const auto& next : step.next_steps) {
      const auto way = follow(next);
      if (way == Way::open) all = Way::open;
      if (way == Way::failed && all != Way::open) all = Way::failed;
    }
    return close(step, status, all);
  }

  Way follow_condition(const Step& step, StepStatus& status) {
    if (is_final(status.state) && status.state != StepState::succeeded)
      return status.state == StepState::aborted ? Way::open : failed(status);
    if (!status.branch) {
      status.state = StepState::ready;
      return Way::open;
    }
    return close(step, status, follow(*status.branch ? step.on_true : step.on_false));
  }

  Way close(const Step& step, StepStatus& status, Way inner) {
    switch (inner) {
      case Way::open: status.state = StepState::running; return Way::open;
      case Way::ended:
        status.state = StepState::succeeded;
        return follow(step.on_completion.empty() ? step.on_success : step.on_completion);
      case Way::failed:
        status.state = StepState::failed;
        return step.on_failure.empty() ? Way::failed : follow(step.on_failure);
    }
    TOCSIN_ASSERT(false);
    return Way::failed;
  }

  Way failed(const StepStatus& status) {
    if (fault_.empty()) fault_ = fmt::format("step {} {}", status.id, name_of(status.state));
    return Way::failed;
  }

  const Playbook& playbook_;
  RunState& state_;
  std::map<std::string, Way> ways_;
  std::string fault_;
};

}  // namespace

void follow_plan(const Playbook& playbook, RunState& state) {
  Walk walk(playbook, state);
  auto way = walk.follow(playbook.workflow_start);
  const bool exception = way == Way::failed && !playbook.workflow_exception.empty();
  if (exception && walk.follow(playbook.workflow_exception) == Way::open) way = Way::open;
  if (state.status == RunStatus::aborted) return;
  if (way == Way::open) return;
  state.status = way == Way::failed ? RunStatus::failed : RunStatus::completed;
  state.result = walk.fault();
  for (auto& [id, step] : state.steps)
    if (step.state == StepState::pending) step.state = StepState::skipped;
}

}  // namespace tocsin::playbooks
