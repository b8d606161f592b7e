#include "mesh/sync/epoch_gate.hpp"

namespace tocsin::mesh {
namespace {

std::uint64_t newest_of(const LogHead& head) {
  return head.ranges.empty() ? head.contiguous : head.ranges.back().last;
}

}  // namespace

EpochGate::EpochGate(Options options, Instant now)
    : options_(std::move(options)), deadline_(now + confirm_max) {
  if (!options_.last_epoch || !options_.can_ask) epoch_ = options_.fresh_epoch;
}

void EpochGate::confirm(const std::vector<LogHead>& ours) {
  if (epoch_) return;
  for (const auto& head : ours) options_.logs.erase(head.key);
  if (!options_.logs.empty()) return;
  epoch_ = *options_.last_epoch;
  continued_ = true;
}

void EpochGate::compare(const std::vector<LogHead>& theirs, const std::vector<LogHead>& ours) {
  if (epoch_) return;
  for (const auto& their : theirs) {
    if (their.key.agent != options_.own || their.key.epoch != *options_.last_epoch) continue;
    const auto at = std::find_if(ours.begin(), ours.end(),
                                 [&](const LogHead& our) { return our.key == their.key; });
    const bool beyond = at == ours.end() || newest_of(their) > newest_of(*at);
    const bool other = at != ours.end() && their.contiguous == at->contiguous &&
                       !same_head_id(their.last, at->last);
    if (beyond || other) {
      epoch_ = options_.fresh_epoch;
      return;
    }
  }
  confirm(ours);
}

void EpochGate::renew(std::uint64_t fresh_epoch) {
  epoch_ = fresh_epoch;
  continued_ = false;
}

void EpochGate::tick(Instant now) {
  if (!epoch_ && now >= deadline_) epoch_ = options_.fresh_epoch;
}

}  // namespace tocsin::mesh
