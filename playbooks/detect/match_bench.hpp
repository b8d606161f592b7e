// What `tocsin bench match` measures: events matched per second on one core, JSON included.
#pragma once

#include "mesh/world/world.hpp"

namespace tocsin::playbooks {

struct MatchBench {
  std::uint64_t indicators = 0, events = 0, seed = 0;
  double seconds = 0, events_per_s = 0, bytes_per_s = 0;
  std::uint64_t hits = 0, false_hits = 0, missed_hits = 0;
  double index_bytes_per_indicator = 0;
};
/// Makes `count` mixed indicators and `events` events (see bench_load.hpp), matches them on the
/// calling thread and compares with what was planted. Only the matching is timed; memory follows
/// `count`, not `events`.
/// Errors: usage (count below 100 or above 100 million, no events).
Result<MatchBench> run_match_bench(mesh::World& world, std::uint64_t count, std::uint64_t events,
                                   std::uint64_t seed);

}  // namespace tocsin::playbooks
