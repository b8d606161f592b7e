// The frames of the local interface. Layout: docs/local-api.md.
#pragma once

#include <string>

#include "mesh/world/network.hpp"

namespace tocsin::agents {

inline constexpr std::size_t local_frame_bytes_max = 64 * 1024 * 1024;

/// One frame's text: `begin_max` until it begins, then `rest_max` for each MiB of it. What the
/// other side merely announces costs no memory. A negative time-out means none. Errors: closed
/// (also: between two frames), timeout, io, too_large. Lifetime: `stream` outlives the task.
mesh::Task<Result<std::string>> read_frame(mesh::Stream& stream, Duration begin_max,
                                           Duration rest_max);
/// Writes `text` as well-formed UTF-8: what it quotes may be anything. Errors: closed, timeout,
/// io, too_large. Lifetime: `stream` outlives the task.
mesh::Task<Result<void>> write_frame(mesh::Stream& stream, std::string text, Duration timeout);

}  // namespace tocsin::agents
