// Decides under which epoch this agent signs, so that an agent that forgot part of its own log
// never signs a sequence twice.
#pragma once

#include <optional>
#include <set>

#include "mesh/wire/frame.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// After a start with an old log nothing is signed until a peer of another organisation shows
/// that it holds nothing of ours beyond what we hold; else a new epoch opens.
class EpochGate {
 public:
  static constexpr Duration confirm_max = std::chrono::seconds(3);

  struct Options {
    AgentId own;
    std::optional<std::uint64_t> last_epoch;  ///< of the newest own batch in the store
    std::set<LogKey> logs;                    ///< own logs of that epoch: all must be confirmed
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

  /// A peer of another organisation holds exactly `ours`, the heads of our logs that it may read.
  void confirm(const std::vector<LogHead>& ours);
  /// A peer of another organisation shows its heads; `ours` as above.
  void compare(const std::vector<LogHead>& theirs, const std::vector<LogHead>& ours);
  /// Goes on under `fresh_epoch`, from sequence 1, since the old one is no longer this agent's alone.
  void renew(std::uint64_t fresh_epoch);
  /// Opens a new epoch once the deadline has passed.
  void tick(Instant now);

 private:
  Options options_;
  Instant deadline_;
  std::optional<std::uint64_t> epoch_;
  bool continued_ = false;
};

}  // namespace tocsin::mesh
