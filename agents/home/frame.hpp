// The frames of the local interface. Layout: docs/local-api.md.
#pragma once

#include <string>

#include "mesh/world/network.hpp"

namespace tocsin::agents {

inline constexpr std::size_t local_frame_bytes_max = 64 * 1024 * 1024;

/// One frame's text. Errors: closed (also: between two frames), timeout, io, too_large. A negative
/// time-out means none.
mesh::Task<Result<std::string>> read_frame(mesh::Stream& stream, Duration timeout);
/// Errors: closed, timeout, io, too_large. Lifetime: `stream` outlives the task.
mesh::Task<Result<void>> write_frame(mesh::Stream& stream, std::string text, Duration timeout);

}  // namespace tocsin::agents
