// How much of a long link a catch-up uses, and what a small fixed window would leave unused.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// Over a link of 100 Mbit/s with a round trip of 60 ms (see slow_link.hpp). Errors: corrupt (an
/// answer was wrong), io, timeout.
Result<Figures> measure_link(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed);

}  // namespace tocsin::agents::bench
