// What the measurements with two agent processes order of them.
#pragma once

#include "agents/bench/two_agents.hpp"

namespace tocsin::agents::bench {

/// A domain that no list knows, another for each `number`.
std::string value_of(std::uint64_t seed, std::uint64_t number);
/// Arguments of ioc.add: to be shared with all, and to be blocked.
json::object order_for(const std::string& value);
/// Completes once both operators have signed that every domain is blocked at once, up to `count`.
/// `playbook` is a file. Errors: those of the commands; timeout.
mesh::Task<Result<void>> block_at_once(mesh::World& world, TwoAgents& agents, mesh::Path playbook,
                                       std::uint64_t count);

}  // namespace tocsin::agents::bench
