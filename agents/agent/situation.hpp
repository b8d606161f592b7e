// What one person needs to know at 3 a.m.: what burns, what waits, what to type next.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// `alarms[], incidents[], waiting[], deadlines[], next[]`; at most situation_rows_max rows each.
inline constexpr std::size_t situation_rows_max = 5;
Result<Answer> situation(const Services& services, const Request& request);

/// Peers whose clock differs too much from this agent's: `org, agent, ahead_s`.
json::array clocks_off(const Services& services);
std::int64_t seconds_of(Duration duration);

/// Over incidents, runs and damage: equal on two agents that hold the same records.
Digest state_digest(const Services& services);

}  // namespace tocsin::agents
