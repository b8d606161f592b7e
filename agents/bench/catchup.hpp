// How long a fresh agent takes to hold all that its partner holds, and what a reconnect costs.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"
#include "mesh/wire/marking.hpp"

namespace tocsin::agents::bench {

/// Errors: corrupt (an answer was wrong), io, timeout.
Result<Figures> measure_catchup(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed, mesh::Tlp tlp);

}  // namespace tocsin::agents::bench
