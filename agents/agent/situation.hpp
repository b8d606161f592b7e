// What one person needs to know at 3 a.m.: what burns, what waits, what to type next.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// `incidents[], waiting[], deadlines[], next[]`; at most situation_rows_max rows each.
inline constexpr std::size_t situation_rows_max = 5;
Result<Answer> situation(const Services& services, const Request& request);

/// Over incidents, runs and damage: equal on two agents that hold the same records.
Digest state_digest(const Services& services);

}  // namespace tocsin::agents
