#include "mesh/sync/recent_pushes.hpp"

#include <algorithm>

namespace tocsin::mesh {

void RecentPushes::note(RecentPush push) {
  of_late(push.at);
  if (pushes_.size() >= count_max) pushes_.pop_front();
  pushes_.push_back(std::move(push));
}

std::deque<RecentPush>& RecentPushes::of_late(Instant now) {
  while (!pushes_.empty() && now - pushes_.front().at > keep) pushes_.pop_front();
  return pushes_;
}

bool RecentPushes::take(RecentPush& push, const AgentId& agent, std::string_view abroad) {
  if (std::find(push.sent.begin(), push.sent.end(), agent) != push.sent.end()) return false;
  if (!abroad.empty() && !push.detours.emplace(abroad).second) return false;
  push.sent.push_back(agent);
  return true;
}

}  // namespace tocsin::mesh
