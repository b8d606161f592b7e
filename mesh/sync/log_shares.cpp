#include "mesh/sync/log_shares.hpp"

namespace tocsin::mesh {

bool LogShares::may_open(const AgentId& agent, std::string_view org, bool vital) const {
  const auto within = [&](std::size_t count, std::size_t part) {
    return count < (vital ? part : common(part));
  };
  return within(of(agent), agent_max) && within(of_org(org), org_max) && all_ < all_max;
}

void LogShares::opened(const AgentId& agent, std::string_view org) {
  ++all_;
  ++agents_[agent];
  add(org, 1);
}

void LogShares::regroup(const std::function<std::string_view(const AgentId&)>& org_of) {
  orgs_.clear();
  for (const auto& [agent, count] : agents_) add(org_of(agent), count);
}

void LogShares::add(std::string_view org, std::size_t count) {
  auto at = orgs_.find(org);
  if (at == orgs_.end()) at = orgs_.emplace(org, 0).first;
  at->second += count;
}

std::size_t LogShares::of(const AgentId& agent) const {
  const auto at = agents_.find(agent);
  return at == agents_.end() ? 0 : at->second;
}

std::size_t LogShares::of_org(std::string_view org) const {
  const auto at = orgs_.find(org);
  return at == orgs_.end() ? 0 : at->second;
}

}  // namespace tocsin::mesh
