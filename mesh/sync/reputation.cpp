#include "mesh/sync/reputation.hpp"

#include <algorithm>

namespace tocsin::mesh {

bool is_senders_fault(Errc code) {
  return code == Errc::invalid || code == Errc::unauthenticated || code == Errc::too_large;
}

bool Reputation::fault(const AgentId& agent, Instant now) {
  if (records_.size() >= agents_max && !records_.contains(agent)) forget(now);
  if (records_.size() >= agents_max && !records_.contains(agent)) return false;
  auto& record = records_[agent];
  if (now - record.last > memory) record.faults = 0;
  record.last = now;
  if (++record.faults < faults_max) return false;
  record.faults = 0;
  record.out_until = now + record.out_next;
  record.out_next = std::min(record.out_next * 2, out_max);
  return true;
}

bool Reputation::is_out(const AgentId& agent, Instant now) const {
  const auto found = records_.find(agent);
  return found != records_.end() && now < found->second.out_until;
}

void Reputation::forget(Instant now) {
  std::erase_if(records_, [&](const auto& each) {
    return now - each.second.last > memory + out_max && now >= each.second.out_until;
  });
}

}  // namespace tocsin::mesh
