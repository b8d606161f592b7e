// How indicators enter this agent from its own people: one at a time, or by the thousand.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

inline constexpr std::size_t chunk_entries_max = 1000;
inline constexpr Duration indicator_life = std::chrono::hours(24 * 30);
inline constexpr Duration indicator_life_max = std::chrono::hours(24 * 366 * 5);

/// `ioc.add`. Errors: marking (RED or AMBER+STRICT without `to`, an unknown organisation),
/// invalid, usage.
mesh::Task<Result<Answer>> add_indicator(Services& services, Request request);

/// `ioc.import_chunk`: up to chunk_entries_max entries, durable when it completes. An error means
/// that none went in; otherwise the bad ones are listed. Errors: marking (the flags permit none),
/// usage, too_large.
mesh::Task<Result<Answer>> import_chunk(Services& services, Request request);

/// A value for named persons only, as it travels in a record of kind sealed_note. Tags: 1
/// recipient "org/analyst", 2 box, in pairs.
struct SealedBox {
  std::string to;
  Bytes bytes;
};
inline constexpr std::size_t sealed_boxes_max = 64;
/// Errors: invalid.
Result<std::vector<SealedBox>> sealed_boxes(const mesh::RecordView& record);

}  // namespace tocsin::agents
