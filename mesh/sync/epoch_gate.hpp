// Decides under which epoch this agent signs, so that an agent that forgot part of its own log
// never signs a sequence twice.
#pragma once

#include <optional>
#include <set>

#include "mesh/wire/frame.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// After a start with an old epoch nothing is signed until it is known whether anybody holds more of
/// it than this agent does. The epoch goes on only when every agent that may hold something of it has
/// shown that it holds nothing beyond: one that lies, is behind or is out of reach cannot open it,
/// whatever log it would know of. In all other cases a new epoch opens, which costs a few bytes of
/// heads and is safe whoever lies.
class EpochGate {
 public:
  static constexpr Duration confirm_max = std::chrono::seconds(3);

  struct Options {
    AgentId own;
    std::optional<std::uint64_t> last_epoch;  ///< of the newest own batch in the store
    /// All that may hold what was said in it. Where there are none a new epoch opens at once.
    std::set<AgentId> holders;
    std::uint64_t fresh_epoch = 0;            ///< random; used when a new epoch must open
  };
  EpochGate(Options options, Instant now);

  bool open() const { return epoch_.has_value(); }
  /// Only when open.
  std::uint64_t epoch() const { return *epoch_; }
  /// True when the epoch continues an older log, so that sequences go on.
  bool continued() const { return continued_; }
  Instant deadline() const { return deadline_; }

  /// The agent holds exactly what we hold of what both may read.
  void confirm(const AgentId& agent);
  /// It shows its heads; `ours`: the heads of our logs that it may read.
  void compare(const AgentId& agent, const std::vector<LogHead>& theirs,
               const std::vector<LogHead>& ours);
  /// Goes on under `fresh_epoch`, from sequence 1, since the old one is no longer this agent's alone.
  void renew(std::uint64_t fresh_epoch);
  /// Decides what can be decided. `connected`: agents with a session; while one of them is still to
  /// be heard the old epoch does not go on. A new one opens at the deadline.
  void tick(Instant now, const std::vector<AgentId>& connected);

 private:
  Options options_;
  Instant deadline_;
  std::set<AgentId> heard_;
  std::optional<std::uint64_t> epoch_;
  bool continued_ = false;
};

}  // namespace tocsin::mesh
