#include "playbooks/runs/validate.hpp"

#include <functional>
#include <set>

#include "playbooks/runs/condition.hpp"

namespace tocsin::playbooks {
namespace {

std::string path_of(const Step& step, std::string_view property) {
  return fmt::format("/workflow/{}/{}", step.id, property);
}

class Validator {
 public:
  explicit Validator(CheckedPlaybook& checked)
      : playbook_(checked.playbook), problems_(checked.problems) {}

  void run() {
    check_ends();
    for (const auto& [id, step] : playbook_.steps) check_step(step);
    check_loops();
    check_reached();
    for (const auto& [id, step] : playbook_.steps)
      if (step.type == StepType::parallel) check_branches(step);
  }

 private:
  void problem(std::string path, std::string text) {
    if (problems_.size() < playbook_problems_max)
      problems_.push_back({std::move(path), std::move(text)});
  }

  void check_ends() {
    const auto* start = playbook_.step(playbook_.workflow_start);
    if (!playbook_.workflow_start.empty() && (!start || start->type != StepType::start))
      problem("/workflow_start", fmt::format("{} is no start step of this workflow",
                                             playbook_.workflow_start.substr(0, 80)));
    if (!playbook_.workflow_exception.empty() && !playbook_.step(playbook_.workflow_exception))
      problem("/workflow_exception", fmt::format("{} is no step of this workflow",
                                                 playbook_.workflow_exception.substr(0, 80)));
    std::size_t starts = 0, ends = 0;
    for (const auto& [id, step] : playbook_.steps) {
      starts += step.type == StepType::start;
      ends += step.type == StepType::end;
    }
    if (starts == 0) problem("/workflow", "has no start step");
    if (starts > 1) problem("/workflow", "has more than one start step");
    if (ends == 0) problem("/workflow", "has no end step");
  }

  void check_step(const Step& step) {
    check_reference(step, "on_completion", step.on_completion);
    check_reference(step, "on_success", step.on_success);
    check_reference(step, "on_failure", step.on_failure);
    check_reference(step, "on_true", step.on_true);
    check_reference(step, "on_false", step.on_false);
    for (const auto& next : step.next_steps) check_reference(step, "next_steps", next);
    check_way_on(step);
    check_variables(step);
  }

  void check_reference(const Step& step, std::string_view property, const std::string& id) {
    if (!id.empty() && !playbook_.step(id))
      problem(path_of(step, property), fmt::format("step {}: leads to {}, which is no step",
                                                   step.id, id.substr(0, 80)));
  }

  void check_way_on(const Step& step) {
    const bool outcome = !step.on_success.empty() || !step.on_failure.empty();
    if (!step.on_completion.empty() && outcome)
      problem(path_of(step, "on_completion"),
              fmt::format("step {}: on_completion excludes on_success and on_failure", step.id));
    switch (step.type) {
      case StepType::end:
        if (!step.on_completion.empty() || outcome)
          problem(path_of(step, "type"), fmt::format("end step {} leads on", step.id));
        return;
      case StepType::start:
        if (step.on_completion.empty())
          problem(path_of(step, "on_completion"),
                  fmt::format("start step {} leads nowhere", step.id));
        return;
      case StepType::action:
        if (step.on_completion.empty() && step.on_success.empty())
          problem(path_of(step, "on_completion"), fmt::format("step {} leads nowhere", step.id));
        return;
      case StepType::parallel:
        if (step.next_steps.size() < 2)
          problem(path_of(step, "next_steps"),
                  fmt::format("parallel step {} has fewer than two branches", step.id));
        return;
      case StepType::if_condition: return;
    }
  }

  void check_variables(const Step& step) {
    if (step.type == StepType::if_condition && !step.condition.empty()) {
      if (const auto condition = parse_condition(step.condition); !condition)
        problem(path_of(step, "condition"),
                fmt::format("step {}: {}", step.id, condition.error().message));
      check_defined(step, "condition", step.condition);
    }
    for (std::size_t i = 0; i < step.commands.size(); ++i) {
      const auto at = fmt::format("commands/{}", i);
      check_defined(step, at, step.commands[i].text);
      check_defined(step, at, step.commands[i].target);
      check_target_type(step, at, step.commands[i].target);
    }
    for (const auto& name : step.out_args) {
      const auto found = playbook_.variables.find(name);
      if (found == playbook_.variables.end())
        problem(path_of(step, "out_args"),
                fmt::format("step {}: variable {} is not defined", step.id, name.substr(0, 80)));
      else if (found->second.constant)
        problem(path_of(step, "out_args"),
                fmt::format("step {}: variable {} is constant", step.id, name));
    }
  }

  void check_defined(const Step& step, std::string_view property, const std::string& text) {
    for (const auto& name : references_in(text))
      if (!playbook_.variables.contains(name))
        problem(path_of(step, property),
                fmt::format("step {}: variable {} is not defined", step.id, name.substr(0, 80)));
  }

  void check_target_type(const Step& step, std::string_view property, const std::string& target) {
    for (const auto& name : references_in(target)) {
      const auto found = playbook_.variables.find(name);
      if (found == playbook_.variables.end()) continue;
      switch (found->second.type) {
        case VariableType::string:
        case VariableType::ipv4_addr:
        case VariableType::ipv6_addr:
        case VariableType::domain_name:
        case VariableType::uri: continue;
        case VariableType::integer:
        case VariableType::boolean:
        case VariableType::uuid:
        case VariableType::md5_hash:
        case VariableType::sha256_hash:
          problem(path_of(step, property),
                  fmt::format("step {}: variable {} of type {} is nothing that can be blocked",
                              step.id, name, name_of(found->second.type)));
      }
    }
  }

  void check_loops() {
    std::set<std::string> done, open;
    const std::function<void(const Step&)> visit = [&](const Step& step) {
      open.insert(step.id);
      for (const auto& next : successors(step)) {
        const auto* found = playbook_.step(next);
        if (!found || done.contains(next)) continue;
        if (open.contains(next))
          problem("/workflow/" + step.id,
                  fmt::format("step {} leads back to {}: a loop", step.id, next));
        else
          visit(*found);
      }
      open.erase(step.id);
      done.insert(step.id);
    };
    for (const auto& [id, step] : playbook_.steps)
      if (!done.contains(id)) visit(step);
  }

  std::set<std::string> reached_from(const std::string& first) const {
    std::set<std::string> out;
    std::vector<std::string> todo{first};
    while (!todo.empty()) {
      const auto id = std::move(todo.back());
      todo.pop_back();
      const auto* step = playbook_.step(id);
      if (!step || !out.insert(id).second) continue;
      for (auto& next : successors(*step)) todo.push_back(std::move(next));
    }
    return out;
  }

  void check_reached() {
    auto reached = reached_from(playbook_.workflow_start);
    reached.merge(reached_from(playbook_.workflow_exception));
    for (const auto& [id, step] : playbook_.steps)
      if (!reached.contains(id))
        problem("/workflow/" + id, fmt::format("step {} is never reached", id));
  }

  void check_branches(const Step& parallel) {
    std::map<std::string, std::string> owner;  // step → branch that it belongs to
    auto branches = parallel.next_steps;
    if (!parallel.on_completion.empty()) branches.push_back(parallel.on_completion);
    for (const auto& branch : branches)
      for (const auto& id : reached_from(branch)) {
        const auto* step = playbook_.step(id);
        if (step->type == StepType::end) continue;
        const auto [at, first] = owner.emplace(id, branch);
        if (first || at->second == branch) continue;
        problem(path_of(parallel, "next_steps"),
                fmt::format("parallel step {}: its ways through {} and {} join at {}; let each "
                            "branch end with an end step and go on with on_completion",
                            parallel.id, at->second, branch, id));
        return;
      }
  }

  const Playbook& playbook_;
  std::vector<Problem>& problems_;
};

}  // namespace

std::vector<std::string> successors(const Step& step) {
  auto out = step.next_steps;
  for (const auto* next : {&step.on_completion, &step.on_success, &step.on_failure,
                           &step.on_true, &step.on_false})
    if (!next->empty()) out.push_back(*next);
  return out;
}

void validate(CheckedPlaybook& checked) { Validator(checked).run(); }

}  // namespace tocsin::playbooks
