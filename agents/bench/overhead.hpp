// What the protocol adds to the records: headers, signatures, frames and ciphers, as bytes that
// cross the streams of a catch-up.
#pragma once

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// With batches of 256 and of 16 open records. Errors: corrupt (an answer was wrong), io, timeout.
Result<Figures> measure_overhead(mesh::RealWorld& machine, std::uint64_t count,
                                 std::uint64_t seed);

}  // namespace tocsin::agents::bench
