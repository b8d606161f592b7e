// How many logs, and scopes, are kept of whom: each costs every holder memory, and a line in what it
// tells its peers, however little stands in it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Sans I/O. An agent opens some with each epoch, and none is ever closed. No agent can take the
/// places of its organisation, no organisation those of all: the last half is for organisations
/// that have few. What is not vital leaves the last eighth of each bound.
class LogShares {
 public:
  static constexpr std::size_t all_max = 262'144;
  static constexpr std::size_t org_max = all_max / 8;
  static constexpr std::size_t agent_max = 2'048;  ///< all of them fit into one revocation
  static constexpr std::size_t org_sure = all_max / 2 / 64;  ///< whatever others have
  static constexpr std::size_t common(std::size_t bound) { return bound - bound / 8; }

  /// `org`: the agent's; empty for one that is of none any more.
  bool may_open(const AgentId& agent, std::string_view org, bool vital) const;
  void opened(const AgentId& agent, std::string_view org);
  /// Agents were learned since, or have become another's.
  void regroup(const std::function<std::string_view(const AgentId&)>& org_of);

  std::size_t all() const { return all_; }
  std::size_t of(const AgentId& agent) const;

 private:
  std::size_t of_org(std::string_view org) const;
  void add(std::string_view org, std::size_t count);

  std::size_t all_ = 0;
  std::map<AgentId, std::size_t> agents_;
  std::map<std::string, std::size_t, std::less<>> orgs_;
};

}  // namespace tocsin::mesh
