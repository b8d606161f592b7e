// How long an indicator takes from the command socket of one agent process to where it matches at
// another.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// `program` is tocsin itself. Errors: corrupt (what arrived is not what was sent), those of
/// TwoAgents.
Result<Figures> measure_live(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed,
                             const mesh::Path& program);

}  // namespace tocsin::agents::bench
