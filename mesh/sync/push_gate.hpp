// Decides what is still pushed to a peer that reads more slowly than there is to tell. Sans-I/O.
#pragma once

#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// A peer that falls behind hears alarms, while there is room for them, and heads; the rest it
/// pulls at its own pace. Once its queue has drained it is told everything again.
class PushGate {
 public:
  /// May a batch be queued behind `queued` bytes?
  bool admit(std::size_t queued, bool urgent, Instant now);
  /// To be called whenever something left the queue, and once a second.
  void look(std::size_t queued, Instant now);
  bool heads_only() const { return heads_only_; }
  /// True once after each change of heads_only().
  bool changed() { return std::exchange(changed_, false); }

  static constexpr std::size_t alarm_bytes_max = 8 * 1024 * 1024;  ///< all that may wait
  static constexpr std::size_t backlog_bytes_max = 256 * 1024;  ///< of what may be pulled instead
  static constexpr std::size_t drained_bytes = backlog_bytes_max / 4;
  static constexpr Duration heads_only_min = std::chrono::seconds(1);  ///< so that it does not flap

 private:
  void fall(Instant now);

  bool heads_only_ = false, changed_ = false;
  Instant until_;
};

}  // namespace tocsin::mesh
