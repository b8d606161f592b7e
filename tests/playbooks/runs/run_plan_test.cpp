#include "playbooks/runs/run_plan.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

/// start → fork of a and b → end, with what the tests change.
struct Plan {
  Playbook playbook;
  RunState state;

  Plan() {
    playbook.workflow_start = "start";
    add("start", StepType::start).on_completion = "fork";
    auto& fork = add("fork", StepType::parallel);
    fork.next_steps = {"a", "b"};
    fork.on_completion = "end";
    add("a", StepType::action).on_success = "a-end";
    add("b", StepType::action).on_success = "b-end";
    for (const auto* id : {"a-end", "b-end", "end", "alarm-end"}) add(id, StepType::end);
    add("alarm", StepType::action).on_completion = "alarm-end";
    state.start.executors["delos"];
  }
  Step& add(const std::string& id, StepType type) {
    Step step{id, type};
    step.org = "delos";
    StepStatus status;
    status.id = id;
    state.steps[id] = status;
    return playbook.steps[id] = step;
  }
  const RunState& follow(StepState a, StepState b) {
    state.steps["a"].state = a;
    state.steps["b"].state = b;
    follow_plan(playbook, state);
    return state;
  }
};

}  // namespace

TEST_CASE("parallel branches are reached together, and the run ends when the last has ended") {
  Plan open, done;
  CHECK(open.follow(StepState::succeeded, StepState::pending).status == RunStatus::running);
  CHECK(open.state.steps["b"].state == StepState::ready);
  CHECK(open.state.steps["fork"].state == StepState::running);
  CHECK(open.state.steps["end"].state == StepState::pending);
  CHECK(done.follow(StepState::succeeded, StepState::succeeded).status == RunStatus::completed);
  CHECK(done.state.steps["fork"].state == StepState::succeeded);
  CHECK(done.state.steps["alarm"].state == StepState::skipped);
}

TEST_CASE("a parallel step with one failed branch never reports success") {
  for (const auto bad : {StepState::failed, StepState::refused, StepState::rejected,
                         StepState::timed_out, StepState::unknown})
    for (const bool first : {true, false}) {
      Plan plan;
      const auto good = StepState::succeeded;
      CHECK(plan.follow(first ? bad : good, first ? good : bad).status == RunStatus::failed);
      CHECK(plan.state.steps["fork"].state == StepState::failed);
      CHECK(plan.state.result == fmt::format("step {} {}", first ? "a" : "b", name_of(bad)));
    }
  Plan waiting;
  CHECK(waiting.follow(StepState::failed, StepState::manual).status == RunStatus::running);
}

TEST_CASE("a failure goes where the playbook says, else to workflow_exception") {
  Plan handled;
  handled.playbook.steps["a"].on_failure = "a-end";
  CHECK(handled.follow(StepState::failed, StepState::succeeded).status == RunStatus::completed);

  Plan exception;
  exception.playbook.workflow_exception = "alarm";
  exception.follow(StepState::failed, StepState::succeeded);
  CHECK(exception.state.status == RunStatus::running);
  CHECK(exception.state.steps["alarm"].state == StepState::ready);
  exception.state.steps["alarm"].state = StepState::succeeded;
  follow_plan(exception.playbook, exception.state);
  CHECK(exception.state.status == RunStatus::failed);
}

TEST_CASE("a step of nobody in this run is skipped, and an aborted one leads nowhere") {
  Plan plan;
  plan.playbook.steps["b"].org = "bleu";
  CHECK(plan.follow(StepState::succeeded, StepState::pending).status == RunStatus::completed);
  CHECK(plan.state.steps["b"].state == StepState::skipped);
  Plan aborted;
  CHECK(aborted.follow(StepState::aborted, StepState::succeeded).status == RunStatus::running);
}

TEST_CASE("only the branch that a condition chose is reached") {
  Plan plan;
  auto& fork = plan.playbook.steps["fork"];
  fork.type = StepType::if_condition;
  fork.on_true = "a";
  fork.on_false = "b";
  plan.follow(StepState::pending, StepState::pending);
  CHECK(plan.state.steps["fork"].state == StepState::ready);
  CHECK(plan.state.steps["a"].state == StepState::pending);
  plan.state.steps["fork"].branch = false;
  follow_plan(plan.playbook, plan.state);
  CHECK(plan.state.steps["a"].state == StepState::pending);
  CHECK(plan.state.steps["b"].state == StepState::ready);
}

}  // namespace tocsin::playbooks
