// Decides under which epoch this agent signs, so that an agent that forgot part of its own log
// never signs a sequence twice.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "mesh/wire/frame.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// After a start with an old log nothing is signed until peers of other organisations show that they
/// hold nothing of ours beyond what we hold. One of them may lie, or be behind: the old epoch goes on
/// only when more than half of those that may read a log confirm it, after all have been heard that
/// are connected. One that holds more, also of the own organisation, is enough for a new epoch, which
/// is safe whoever lies.
class EpochGate {
 public:
  static constexpr Duration confirm_max = std::chrono::seconds(3);
  /// So long peers are waited for that are not connected yet, unless all have confirmed before.
  static constexpr Duration hear_out = std::chrono::seconds(1);
  using Orgs = std::set<std::string, std::less<>>;

  struct Options {
    AgentId own;
    std::optional<std::uint64_t> last_epoch;  ///< of the newest own batch in the store
    std::map<LogKey, Orgs> logs;              ///< own logs of that epoch, with who can confirm each
    bool can_ask = false;                     ///< other organisations and peers are configured
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
  void confirm(const AgentId& agent, std::string_view org, const std::vector<LogHead>& ours);
  /// It shows its heads; `ours` as above.
  void compare(const AgentId& agent, std::string_view org, const std::vector<LogHead>& theirs,
               const std::vector<LogHead>& ours);
  /// Goes on under `fresh_epoch`, from sequence 1, since the old one is no longer this agent's alone.
  void renew(std::uint64_t fresh_epoch);
  /// Decides what can be decided. `connected`: agents with a session; the old epoch goes on only
  /// when none of them is still to be heard. A new one opens at the deadline.
  void tick(Instant now, const std::vector<AgentId>& connected);

 private:
  bool confirmed(bool by_all) const;

  Options options_;
  Instant deadline_, heard_out_;
  std::set<AgentId> heard_;
  std::map<LogKey, Orgs> confirmed_;
  std::optional<std::uint64_t> epoch_;
  bool continued_ = false;
};

}  // namespace tocsin::mesh
