// Finds the faults that a schema cannot see: where steps lead, which are never reached, what runs
// in circles, and which variables are missing.
#pragma once

#include "playbooks/runs/document.hpp"

namespace tocsin::playbooks {

/// Adds to `checked.problems`.
void validate(CheckedPlaybook& checked);

/// All steps that `step` names as following it, branches included.
std::vector<std::string> successors(const Step& step);

}  // namespace tocsin::playbooks
