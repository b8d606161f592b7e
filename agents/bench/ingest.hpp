// What one core takes in: batches judged, entered for matching and made durable, checked afterwards.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// Errors: corrupt (an answer was wrong), io, timeout.
Result<Figures> measure_ingest(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed);

}  // namespace tocsin::agents::bench
