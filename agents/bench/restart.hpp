// How long an agent with many indicators takes from its start to where it matches, with nothing of
// its store in memory.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// Errors: corrupt (it came back with another state than it went down with), io, timeout.
Result<Figures> measure_restart(mesh::RealWorld& machine, std::uint64_t count,
                                std::uint64_t seed);

}  // namespace tocsin::agents::bench
