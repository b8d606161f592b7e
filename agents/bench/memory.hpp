// What an agent with its indicators takes in memory.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// Errors: corrupt (an answer was wrong), io, timeout.
Result<Figures> measure_memory(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed);

}  // namespace tocsin::agents::bench
