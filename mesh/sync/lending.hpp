// Remembers which sealed batches of ours have a recipient that cannot be reached, so that other
// members may carry them until it is back.
#pragma once

#include <deque>
#include <set>
#include <vector>

#include "mesh/wire/batch.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// One of our own sealed batches, by place.
struct Lent {
  LogKey log;
  std::uint64_t sequence = 0;
  Instant published;
  std::set<AgentId> unreached;  ///< recipients that may not have it
  bool operator==(const Lent&) const = default;
};

class Lending {
 public:
  static constexpr std::size_t lent_max = 4096;
  /// What was pushed this short before a connection broke may not have arrived.
  static constexpr Duration in_doubt = std::chrono::seconds(5);

  /// Notes a batch for all its recipients but us; those `connected` count as reached unless
  /// their connection breaks within in_doubt. True when some recipient is not connected.
  bool published(const LogKey& log, std::uint64_t sequence, std::vector<AgentId> recipients,
                 const std::set<AgentId>& connected, Instant now);
  /// The recipient is back: anti-entropy brings it up to date.
  void reached(const AgentId& agent);
  /// Its connection broke. What is in doubt is to be lent from now on.
  std::vector<Lent> lost(const AgentId& agent, Instant now);
  /// Everything that carriers may hold for unreached recipients.
  std::vector<Lent> all() const;
  std::uint64_t overflowed() const { return overflowed_; }

 private:
  struct Entry {
    Lent lent;
    std::set<AgentId> recipients;
  };
  void trim(Instant now);
  std::deque<Entry> entries_;
  std::uint64_t overflowed_ = 0;
};

}  // namespace tocsin::mesh
