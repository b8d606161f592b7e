// Compares by content what this agent and a partner hold: what heads and chains cannot show.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// `with` (an organisation) → `{with, batches_here, batches_there, symbols, only_here[],
/// only_there[], ok}`. What only the partner holds is asked for at once; `ok` says that nothing
/// differed, and the exit code is 1 when something did. Errors: usage, and those of Node::compare.
mesh::Task<Result<Answer>> compare_audit(Services& services, Request request);

}  // namespace tocsin::agents
