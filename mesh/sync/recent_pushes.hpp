// Remembers for a moment which live batches came by and to whom they went from here, so that they
// take another way when somebody on theirs turns out to be silent. Sans-I/O.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/wire/batch.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

struct RecentPush {
  LogKey log;
  std::uint64_t sequence = 0;
  AgentId from;               ///< who handed it over; the author's where it was signed here
  bool carried = false;       ///< sealed for others
  Instant at;
  std::vector<AgentId> sent;  ///< to whom it went
  std::set<std::string, std::less<>> detours = {};  ///< organisations that it went to once more
};

class RecentPushes {
 public:
  /// Covers the wait for an answer over links of up to 160 ms there and back; over longer ones
  /// what was lost comes by comparing heads.
  static constexpr Duration keep = std::chrono::milliseconds(250);
  static constexpr std::size_t count_max = 1024;  ///< the newest

  void note(RecentPush push);
  /// Those that are not older than `keep`. Lifetime: until the next note().
  std::deque<RecentPush>& of_late(Instant now);
  /// True when `agent` is to be sent `push` now, and then notes that it was: nobody twice, and of
  /// another organisation that was sent it before one agent more. `abroad` is that one; empty: the
  /// own, or one that was not.
  static bool take(RecentPush& push, const AgentId& agent, std::string_view abroad);

 private:
  std::deque<RecentPush> pushes_;
};

}  // namespace tocsin::mesh
