// Decides when an agent has something new to witness, and what. Sans-I/O.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "mesh/sync/log_shares.hpp"
#include "mesh/sync/witness.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// One record to be published, for those who may read the logs that it names.
struct WitnessRound {
  Audience audience;
  std::vector<Witnessed> heads;
};

/// What one agent of an organisation has witnessed its colleagues need not: they wait a little
/// longer, by their rank.
class WitnessDesk {
 public:
  static constexpr Duration every = std::chrono::seconds(60);
  static constexpr Duration after_decision = std::chrono::seconds(1);
  static constexpr Duration per_rank = std::chrono::seconds(2);
  static constexpr std::size_t rank_max = 8;
  static constexpr std::size_t logs_max = LogShares::all_max;
  static constexpr std::size_t rounds_max = 16;  ///< records at a time; the rest waits for the next

  /// `rank`: how many colleagues go first.
  explicit WitnessDesk(std::size_t rank) : rank_(std::min(rank, rank_max)) {}

  /// A partner's log has grown. False when logs_max others are known and this one is not taken.
  bool grew(const LogKey& log, const Audience& audience, bool decision, Instant now);
  /// This organisation has witnessed the log up to `sequence`.
  void covered(const LogKey& log, std::uint64_t sequence);

  /// Whether take() may have something to give.
  bool due(Instant now) const { return due_ && now >= *due_; }
  /// What is to be signed now; `head_of` gives what is held of a log without a gap.
  std::vector<WitnessRound> take(
      Instant now, const std::function<std::optional<Witnessed>(const LogKey&)>& head_of);

 private:
  struct Log {
    Audience audience;
    std::uint64_t covered = 0;
    bool changed = false;
  };
  std::size_t rank_;
  std::map<LogKey, Log> logs_;
  std::optional<Instant> due_;
};

}  // namespace tocsin::mesh
