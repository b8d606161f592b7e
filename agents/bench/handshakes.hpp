// How many callers one core lets in: the responder's half of a handshake, certificate and first
// frame included.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// CPU time of the responder only. Also how many bogus first messages one core refuses.
/// Errors: unauthenticated and others of the handshake; corrupt (a bogus one was let in).
Result<Figures> measure_handshakes(mesh::RealWorld& machine, std::uint64_t count);

}  // namespace tocsin::agents::bench
