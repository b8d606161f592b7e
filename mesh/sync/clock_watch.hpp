// Compares this agent's clock with what its peers say theirs shows: certificates, deadlines and
// times to live all hang on it, and nobody notices a clock that is off before it matters.
#pragma once

#include <map>

#include "crypto/identity.hpp"
#include "crypto/time.hpp"

namespace tocsin::mesh {

/// Sans I/O. Takes only what came over an authenticated session.
class ClockWatch {
 public:
  static constexpr Duration alarm_beyond = std::chrono::minutes(10);
  /// So far apart, the two cannot mean the same by a deadline: they do not talk.
  static constexpr Duration refuse_beyond = std::chrono::hours(12);
  static constexpr std::size_t clocks_max = 4096;

  enum class Verdict : std::uint8_t {
    fits,
    alarm,  ///< it begins: nothing was wrong with this peer's time before
    off,    ///< as before
  };
  Verdict hear(const AgentId& agent, WallTime theirs, WallTime ours);
  /// Their clock minus ours when they were heard last; nothing known: zero.
  Duration ahead(const AgentId& agent) const;
  bool is_off(const AgentId& agent) const { return beyond(ahead(agent), alarm_beyond); }
  /// True when more peers say that this clock is off than not: it is likely ours.
  bool own_is_doubtful() const;
  /// How often an alarm began.
  std::uint64_t alarms() const { return alarms_; }

  static bool beyond(Duration ahead, Duration limit) { return ahead > limit || ahead < -limit; }

 private:
  std::map<AgentId, Duration> ahead_;
  std::uint64_t alarms_ = 0;
};

}  // namespace tocsin::mesh
