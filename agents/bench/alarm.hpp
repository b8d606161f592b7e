// How long an urgent indicator takes to a partner that is busy with catching up.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// `count` indicators are the backlog; the urgent ones come at a steady pace beside it. Errors:
/// corrupt (an answer was wrong), io, timeout.
Result<Figures> measure_alarm(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed);

}  // namespace tocsin::agents::bench
