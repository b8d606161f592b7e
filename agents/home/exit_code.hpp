// What the exit code of a command tells a script, the same from the agent and from the command.
#pragma once

#include "crypto/result.hpp"

namespace tocsin::agents {

/// 1 failed, 2 usage, 4 refused by trust, marking or approval, 5 agent or peer unreachable.
/// Source: the command contract.
int exit_code_of(Errc code);

}  // namespace tocsin::agents
