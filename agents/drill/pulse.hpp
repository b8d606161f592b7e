// Tells those who wait that something has changed at some agent, from the agents' watch streams:
// so a time is that of the change, not that of the next look.
#pragma once

#include <list>

#include "agents/drill/federation.hpp"
#include "mesh/world/task_set.hpp"

namespace tocsin::agents::drill {

class Pulse {
 public:
  /// Listens to every agent, again after each restart, until it is destroyed. Lifetime:
  /// `machines` and `federation` outlive it.
  Pulse(Machines& machines, Federation& federation);

  /// How many changes were told so far.
  std::uint64_t beats() const { return beats_; }
  /// Completes once more than `seen` changes were told, after `longest` at the latest: not all that
  /// changes is told.
  mesh::Task<> wait(std::uint64_t seen, Duration longest);

  static constexpr Duration again_after = std::chrono::milliseconds(50);
  /// Agents send an empty line every 15 s.
  static constexpr Duration silence_max = std::chrono::seconds(40);

 private:
  mesh::Task<> listen(std::string org);
  void beat();

  mesh::World& world_;
  Federation& federation_;
  std::list<mesh::Event*> waiting_;
  std::uint64_t beats_ = 0;
  mesh::TaskSet tasks_;  // Last: its tasks use all the others.
};

}  // namespace tocsin::agents::drill
