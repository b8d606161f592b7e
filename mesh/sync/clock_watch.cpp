#include "mesh/sync/clock_watch.hpp"

namespace tocsin::mesh {

ClockWatch::Verdict ClockWatch::hear(const AgentId& agent, WallTime theirs, WallTime ours) {
  const bool was_off = is_off(agent);
  if (ahead_.size() >= clocks_max && !ahead_.contains(agent)) ahead_.erase(ahead_.begin());
  // A time that the arithmetic of durations cannot hold is as far off as one that it can.
  constexpr std::int64_t ms_max = std::int64_t(1000) * 60 * 60 * 24 * 365 * 100;
  const auto ms = theirs.ms < 0 || theirs.ms > ours.ms + ms_max ? ms_max : theirs.ms - ours.ms;
  ahead_[agent] = std::chrono::milliseconds(ms);
  if (!is_off(agent)) return Verdict::fits;
  if (was_off) return Verdict::off;
  ++alarms_;
  return Verdict::alarm;
}

Duration ClockWatch::ahead(const AgentId& agent) const {
  const auto at = ahead_.find(agent);
  return at == ahead_.end() ? Duration(0) : at->second;
}

bool ClockWatch::own_is_doubtful() const {
  const auto off = std::count_if(ahead_.begin(), ahead_.end(), [](const auto& heard) {
    return beyond(heard.second, alarm_beyond);
  });
  return std::size_t(off) * 2 > ahead_.size();
}

}  // namespace tocsin::mesh
