// Sends events the way SIEM forwarders do, over plain streams to an agent's inputs.
#pragma once

#include <string>
#include <vector>

#include "agents/drill/scenario.hpp"
#include "mesh/world/network.hpp"

namespace tocsin::agents::drill {

inline constexpr std::size_t feed_lines_max = 10'000;
inline constexpr Duration feed_wait_max = std::chrono::seconds(5);

/// The lines of an inject, `repeat` times, with `{now}` and `{n}` (from 1) filled in. At most
/// feed_lines_max.
std::vector<std::string> feed_lines(const std::vector<std::string>& lines, std::size_t repeat,
                                    WallTime now);

/// The bytes that carry `lines`: octet-counted frames for syslog, else one HTTP request.
/// `kind` must be one of syslog, ndjson, bulk, hec.
std::string feed_bytes(InjectKind kind, const std::vector<std::string>& lines);

/// The HTTP status of an answer's first bytes. Errors: invalid.
Result<int> status_of(std::string_view answer);

/// Sends and, for HTTP, waits for the answer. Errors: unreachable, timeout, refused (another
/// status than 200, or a bulk answer with errors). Lifetime: `network` outlives the task.
mesh::Task<Result<void>> feed(mesh::Network& network, mesh::Address to, InjectKind kind,
                              std::vector<std::string> lines);

/// The body of a page. Errors: as feed.
mesh::Task<Result<std::string>> fetch(mesh::Network& network, mesh::Address from,
                                      std::string path);

}  // namespace tocsin::agents::drill
