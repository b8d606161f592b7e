#include "playbooks/runs/validate.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

Step step_of(std::string id, StepType type, std::string next = {}) {
  Step out{std::move(id), type};
  out.on_completion = std::move(next);
  if (type == StepType::action) out.commands.push_back({CommandType::manual, "do it"});
  return out;
}

CheckedPlaybook sound() {
  CheckedPlaybook out;
  auto& playbook = out.playbook;
  playbook.workflow_start = "s";
  auto parallel = step_of("p", StepType::parallel, "e");
  parallel.next_steps = {"a", "b"};
  for (auto& step : {step_of("s", StepType::start, "p"), parallel,
                     step_of("a", StepType::action, "ea"), step_of("b", StepType::action, "eb"),
                     step_of("ea", StepType::end), step_of("eb", StepType::end),
                     step_of("e", StepType::end)})
    playbook.steps.emplace(step.id, step);
  return out;
}

std::string faults(CheckedPlaybook checked) {
  validate(checked);
  std::string out;
  for (const auto& problem : checked.problems) out += problem.text + "\n";
  return out;
}

}  // namespace

TEST_CASE("a sound workflow has no faults") { CHECK(faults(sound()).empty()); }

TEST_CASE("faults that no schema sees are found") {
  auto dangling = sound();
  dangling.playbook.steps.at("a").on_completion = "nowhere";
  CHECK(faults(dangling).find("step a: leads to nowhere, which is no step") != std::string::npos);

  auto loop = sound();
  loop.playbook.steps.at("a").on_completion = "s";
  CHECK(faults(loop).find("a loop") != std::string::npos);

  auto island = sound();
  island.playbook.steps.emplace("x", step_of("x", StepType::action, "e"));
  CHECK(faults(island).find("step x is never reached") != std::string::npos);

  auto joined = sound();
  joined.playbook.steps.at("a").on_completion = "b";
  CHECK(faults(joined).find("join at b") != std::string::npos);

  auto stuck = sound();
  stuck.playbook.steps.at("a").on_completion.clear();
  CHECK(faults(stuck).find("step a leads nowhere") != std::string::npos);

  auto no_start = sound();
  no_start.playbook.steps.at("s").type = StepType::end;
  CHECK(faults(no_start).find("has no start step") != std::string::npos);

  auto variable = sound();
  variable.playbook.steps.at("a").commands[0].text = "see __x__:value";
  CHECK(faults(variable).find("variable __x__ is not defined") != std::string::npos);

  auto mistyped = sound();
  mistyped.playbook.variables["__n__"] = {"__n__", VariableType::integer};
  mistyped.playbook.steps.at("a").commands[0] = {CommandType::block, {}, "edl", "__n__:value"};
  CHECK(faults(mistyped).find("nothing that can be blocked") != std::string::npos);

  auto both = sound();
  both.playbook.steps.at("a").on_success = "ea";
  CHECK(faults(both).find("excludes on_success") != std::string::npos);

  auto exception = sound();
  exception.playbook.workflow_exception = "gone";
  CHECK(faults(exception).find("gone is no step") != std::string::npos);
}

}  // namespace tocsin::playbooks
