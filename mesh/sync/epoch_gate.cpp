#include "mesh/sync/epoch_gate.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

std::uint64_t newest_of(const LogHead& head) {
  return head.ranges.empty() ? head.contiguous : head.ranges.back().last;
}

}  // namespace

EpochGate::EpochGate(Options options, Instant now)
    : options_(std::move(options)), deadline_(now + confirm_max) {
  if (!options_.last_epoch || options_.holders.empty()) epoch_ = options_.fresh_epoch;
}

void EpochGate::confirm(const AgentId& agent) { heard_.insert(agent); }

void EpochGate::compare(const AgentId& agent, const std::vector<LogHead>& theirs,
                        const std::vector<LogHead>& ours) {
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
  confirm(agent);
}

void EpochGate::renew(std::uint64_t fresh_epoch) {
  epoch_ = fresh_epoch;
  continued_ = false;
}

void EpochGate::tick(Instant now, const std::vector<AgentId>& connected) {
  if (epoch_) return;
  const bool all_heard = std::all_of(connected.begin(), connected.end(),
                                     [&](const AgentId& id) { return heard_.contains(id); });
  if (all_heard && std::ranges::includes(heard_, options_.holders)) {
    epoch_ = *options_.last_epoch;
    continued_ = true;
  } else if (now >= deadline_) {
    epoch_ = options_.fresh_epoch;
  }
}

}  // namespace tocsin::mesh
