// How long an urgent indicator takes from one operator's order to the other's tables.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// Errors: corrupt (an answer was wrong), io, timeout.
Result<Figures> measure_latency(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed);

}  // namespace tocsin::agents::bench
