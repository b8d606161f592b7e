#include "agents/agent/dispute_book.hpp"

#include <algorithm>

namespace tocsin::agents {

void DisputeBook::take(const mesh::Dispute& dispute, std::string_view org) {
  const std::string name(org);
  const auto held = of(dispute.target);
  if (held.size() >= per_target_max) return;
  const auto by_org = std::count_if(held.begin(), held.end(),
                                    [&](const auto& each) { return each.first == name; });
  if (std::size_t(by_org) >= per_org_and_target_max) return;
  auto& own = targets_of_[name];
  if (own.size() >= per_org_max) forget_oldest(name);
  own.push_back(dispute.target);
  by_target_[dispute.target].emplace_back(name, dispute);
}

void DisputeBook::forget_oldest(const std::string& org) {
  auto& own = targets_of_[org];
  const auto at = by_target_.find(own.front());
  own.pop_front();
  if (at == by_target_.end()) return;
  const auto oldest = std::find_if(at->second.begin(), at->second.end(),
                                   [&](const auto& each) { return each.first == org; });
  if (oldest != at->second.end()) at->second.erase(oldest);
  if (at->second.empty()) by_target_.erase(at);
}

DisputeBook::Disputes DisputeBook::of(const Digest& target) const {
  const auto found = by_target_.find(target);
  return found == by_target_.end() ? Disputes{} : found->second;
}

std::size_t DisputeBook::size() const {
  std::size_t out = 0;
  for (const auto& [org, targets] : targets_of_) out += targets.size();
  return out;
}

}  // namespace tocsin::agents
