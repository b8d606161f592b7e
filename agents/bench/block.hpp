// How long an indicator takes from one operator's command to the other's block list, where a
// standing order lets blocks happen at once.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

struct BlockOptions {
  std::uint64_t count = 200, seed = 1;
  mesh::Path program;   ///< tocsin itself
  mesh::Path playbook;  ///< block-standing.json of the library
};
/// Errors: corrupt (the list holds what was not shared, or lacks what was), timeout, those of
/// TwoAgents.
Result<Figures> measure_block(mesh::RealWorld& machine, const BlockOptions& options);

}  // namespace tocsin::agents::bench
