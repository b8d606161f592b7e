// What it costs two agents to find out what they lack after they were apart.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// 300 logs, and `count`, `count` / 100 and 10 new records in them on one side. Errors: corrupt
/// (an end learned something wrong), those of the stores.
Result<Figures> measure_reconcile(mesh::RealWorld& machine, std::uint64_t count,
                                  std::uint64_t seed);

}  // namespace tocsin::agents::bench
