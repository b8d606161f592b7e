// Makes indicators and ECS-like events with known hits, to measure matching anywhere.
#pragma once

#include "mesh/world/world.hpp"
#include "playbooks/detect/file_match.hpp"

namespace tocsin::playbooks {

struct MatchBench {
  std::uint64_t indicators = 0, events = 0, seed = 0;
  double seconds = 0, events_per_s = 0, bytes_per_s = 0;
  std::uint64_t hits = 0, false_hits = 0, missed_hits = 0;
  double index_bytes_per_indicator = 0;
};
/// Makes `count` mixed indicators (60 % domain, 20 % ipv4 and cidr, 12 % sha256, 5 % url, 2 % ipv6,
/// 1 % email) and `events` events (1 % with a planted value, 1 % with a near miss), matches them
/// on the calling thread with JSON parsing included, and compares with what was planted.
/// Errors: usage (count below 100, no events).
Result<MatchBench> run_match_bench(mesh::World& world, std::uint64_t count, std::uint64_t events,
                                   std::uint64_t seed);

}  // namespace tocsin::playbooks
