#include "mesh/sync/push_gate.hpp"

namespace tocsin::mesh {

bool PushGate::admit(std::size_t queued, bool urgent, Instant now) {
  look(queued, now);
  if (queued >= (urgent ? alarm_bytes_max : backlog_bytes_max)) {
    fall(now);
    return false;
  }
  return urgent || !heads_only_;
}

void PushGate::look(std::size_t queued, Instant now) {
  if (!heads_only_ || queued > drained_bytes || now < until_) return;
  heads_only_ = false;
  changed_ = true;
}

void PushGate::fall(Instant now) {
  until_ = now + heads_only_min;
  if (heads_only_) return;
  heads_only_ = true;
  changed_ = true;
}

}  // namespace tocsin::mesh
