// How many logs, and scopes, are kept of whom: each costs every holder memory, and a line in what it
// tells its peers, however little stands in it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Sans I/O. An agent opens some with each epoch, and none is ever closed. Each organisation has its
/// part, and of that no agent more than an eighth: what one fills is its own. The same everywhere and
/// at all times, so that what one keeps the others keep. What is not vital leaves the last eighth.
class LogShares {
 public:
  static constexpr std::size_t all_max = 131'072;
  static constexpr std::size_t org_max = 16'384;
  static constexpr std::size_t agent_max = 2'048;  ///< all of them fit into one revocation
  static constexpr std::size_t common(std::size_t part) { return part - part / 8; }

  /// `org`: the agent's, or what it was of.
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
