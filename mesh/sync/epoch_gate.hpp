// Decides under which epoch this agent signs, so that an agent that forgot part of its own log
// never signs a sequence twice.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "mesh/wire/frame.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// After a start with an old log nothing is signed until it is known whether anybody holds more of
/// our log than we do. The old epoch goes on only when every agent that may read a log has shown that
/// it holds nothing beyond ours: one that lies, is behind or is out of reach cannot open it. In all
/// other cases a new epoch opens, which costs a few bytes of heads and is safe whoever lies.
class EpochGate {
 public:
  static constexpr Duration confirm_max = std::chrono::seconds(3);
  /// So long agents are waited for that are not connected, once those that are have been heard.
  static constexpr Duration hear_out = std::chrono::seconds(1);
  using Agents = std::set<AgentId>;

  struct Options {
    AgentId own;
    std::optional<std::uint64_t> last_epoch;  ///< of the newest own batch in the store
    /// Own logs of that epoch, and for each all agents that may hold it; none where no other
    /// organisation may read it, and then a new epoch opens at once.
    std::map<LogKey, Agents> logs;
    std::uint64_t fresh_epoch = 0;            ///< random; used when a new epoch must open
  };
  EpochGate(Options options, Instant now);

  bool open() const { return epoch_.has_value(); }
  /// Only when open.
  std::uint64_t epoch() const { return *epoch_; }
  /// True when the epoch continues an older log, so that sequences go on.
  bool continued() const { return continued_; }
  Instant deadline() const { return deadline_; }

  /// The agent holds exactly `ours`, the heads of our logs that it may read.
  void confirm(const AgentId& agent, const std::vector<LogHead>& ours);
  /// It shows its heads; `ours` as above.
  void compare(const AgentId& agent, const std::vector<LogHead>& theirs,
               const std::vector<LogHead>& ours);
  /// Goes on under `fresh_epoch`, from sequence 1, since the old one is no longer this agent's alone.
  void renew(std::uint64_t fresh_epoch);
  /// Decides what can be decided. `connected`: agents with a session; while one of them is still to
  /// be heard the old epoch does not go on, and a new one opens only at the deadline.
  void tick(Instant now, const std::vector<AgentId>& connected);

 private:
  bool confirmed() const;

  Options options_;
  Instant deadline_, heard_out_;
  std::set<AgentId> heard_;
  std::map<LogKey, Agents> confirmed_;
  std::optional<std::uint64_t> epoch_;
  bool continued_ = false;
};

}  // namespace tocsin::mesh
