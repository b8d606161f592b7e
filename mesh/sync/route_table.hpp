// Decides to whom a live batch goes next, by a rule that all agents of an organisation follow
// without asking: once across a border, once to each agent behind it. Sans-I/O.
#pragma once

#include <map>
#include <set>

#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// An agent with which a live session is up. Lifetime: of `org`, the call.
struct Neighbour {
  AgentId agent;
  std::string_view org;
  bool gateway = false;  ///< it said so when it greeted
  bool suspect = false;  ///< no answer from it of late
  bool late = false;     ///< the answer to what was pushed last is overdue
};

/// The gateway of an organisation is, of its agents that are reached and not suspect, one that is
/// configured as such, else the one with the smallest id. So two agents that reach the same ones
/// name the same gateway, and when it falls silent the next one is known already.
bool goes_before(const Neighbour& a, const Neighbour& b);

class RouteTable {
 public:
  RouteTable(AgentId own, std::string org, bool gateway)
      : own_(own), org_(std::move(org)), gateway_(gateway) {}

  /// Who is the gateway of its organisation, of those that are reached and of this agent itself.
  std::set<AgentId> gateways(std::vector<Neighbour> live) const;

  /// What the other agents of this organisation should know.
  Routes announcement(const std::vector<Neighbour>& live) const;
  /// An agent of this organisation told whom it reaches.
  void heard(const AgentId& from, Routes routes) { told_[from] = std::move(routes); }
  void lost(const AgentId& agent) { told_.erase(agent); }

  /// Where a batch goes from here when nobody else has it yet: to every agent of this
  /// organisation, and to the gateway of each other one. `cleared`: who may have it.
  std::vector<AgentId> outward(const std::vector<Neighbour>& cleared) const;

  struct Handed {
    AgentId from;          ///< who handed the batch over
    bool own_site = false; ///< `from` is of this organisation
    bool ours = false;     ///< the author is: it may have to cross the border from here
  };
  /// Where a batch goes from here that `handed.from` handed over: into the site when it crossed
  /// the border; else only to those that `from` does not reach itself, if no other agent that it
  /// reaches goes before this one.
  std::vector<AgentId> onward(const Handed& handed, const std::vector<Neighbour>& cleared) const;

 private:
  bool is_ours_to_tell(const Routes& sender, const AgentId& target) const;
  bool is_ours_to_cross(const Routes& sender, std::string_view to,
                        const std::vector<Neighbour>& cleared) const;

  AgentId own_;
  std::string org_;
  bool gateway_;
  std::map<AgentId, Routes> told_;  ///< by agents of this organisation that are connected
};

}  // namespace tocsin::mesh
