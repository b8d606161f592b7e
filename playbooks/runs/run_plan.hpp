// Walks a playbook's workflow over the outcomes of its steps: which steps have been reached, and
// whether the run has ended.
#pragma once

#include "playbooks/runs/run_state.hpp"

namespace tocsin::playbooks {

/// Sets reached steps that are `pending` to `ready`, control steps to what follows from their
/// branches, what was not taken to `skipped` once the run has ended, and the run's status and
/// result. A failed step without on_failure or on_completion leads to workflow_exception and
/// fails the run. Steps of organisations without executor in this run are skipped.
void follow_plan(const Playbook& playbook, RunState& state);

}  // namespace tocsin::playbooks
