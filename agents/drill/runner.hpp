// Plays a scenario from its first inject to its last expectation, and ends every agent that it
// started.
#pragma once

#include "agents/drill/observer.hpp"
#include "mesh/world/task_set.hpp"

namespace tocsin::agents::drill {

class Director;

/// What a drill came to.
struct Played {
  std::vector<Verdict> verdicts;  ///< in the story's order
  std::size_t injects_failed = 0;
  double seconds = 0;  ///< from the first event's clock to the last verdict
  bool passed() const;
};

/// Founds the federation on `machines`, plays, and stops it. Errors: those of the set-up; closed
/// (stopped by a signal). Lifetime: all outlive the task; verdicts point into `scenario`.
mesh::Task<Result<Played>> play(Machines& machines, const Scenario& scenario, Timeline& timeline);

}  // namespace tocsin::agents::drill
