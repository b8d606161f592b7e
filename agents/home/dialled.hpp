// Addresses under which partners dial an agent.
#pragma once

#include "mesh/world/network.hpp"

namespace tocsin::agents {

/// Of what an agent listens at, what can be dialled from elsewhere as it stands: empty for every
/// address of the machine, and for a port that is only chosen at the start.
std::string dialable(const std::string& listen);
/// Errors: invalid, for what is no HOST:PORT or cannot be dialled.
Result<void> check_dialled(const std::string& address);

}  // namespace tocsin::agents
