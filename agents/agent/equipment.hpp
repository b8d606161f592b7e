// Reads what an agent brings along besides its records: actuators, the guard's lists and
// networks, and the inventory.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// Opens the configured actuators, and `edl`, `rpz` and `manual` in HOME where none of that name
/// is configured. Errors: io, corrupt, invalid.
Result<void> open_actuators(Services& services);
/// Loads warninglists and networks into the guard. Errors: not_found, invalid (naming the file).
Result<void> load_guard(Services& services);
/// Errors: io, invalid.
Result<void> load_inventory(Services& services);
mesh::Path inventory_file(const Layout& at);

/// Builds the run engine on the other services.
std::unique_ptr<playbooks::RunEngine> make_engine(Services& services, const AgentId& agent);

inline constexpr std::size_t inventory_bytes_max = 512 * 1024 * 1024;

}  // namespace tocsin::agents
