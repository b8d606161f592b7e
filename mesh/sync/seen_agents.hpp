// Which agents were connected of late, or were given a bundle, over restarts: those may hold what
// this agent said last.
#pragma once

#include <map>
#include <set>

#include "mesh/store/store.hpp"

namespace tocsin::mesh {

class SeenAgents {
 public:
  /// Counted back from when any agent was seen last, so that a long pause makes nobody forgotten.
  static constexpr Duration lately_max = std::chrono::hours(7 * 24);
  static constexpr Duration note_every = std::chrono::hours(1);

  /// Reads what was noted, and erases what is older than twice lately_max; what cannot be read was
  /// not noted. Lifetime: `store` outlives this.
  explicit SeenAgents(Store& store);

  /// `agent` is connected. Noted at once when it was not seen before or not for note_every.
  void see(const AgentId& agent, WallTime now);
  /// Those of `agents` that were seen lately; all of them where nobody ever was.
  std::set<AgentId> lately(std::set<AgentId> agents) const;

 private:
  void note(const AgentId& agent, WallTime at);

  Store& store_;
  std::map<AgentId, WallTime> seen_;
  WallTime newest_;
};

}  // namespace tocsin::mesh
