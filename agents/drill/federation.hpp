// The whole federation of a scenario while it is played: who runs, how to ask them, and which
// links are down.
#pragma once

#include <map>
#include <set>

#include "agents/drill/caller.hpp"
#include "agents/drill/foundation.hpp"

namespace tocsin::agents::drill {

class Federation {
 public:
  /// Founds everything. Lifetime: `machines` and `scenario` outlive the federation. Errors: those
  /// of lay_foundation.
  static Result<std::unique_ptr<Federation>> found(Machines& machines, const Scenario& scenario);

  /// Starts all agents and completes once each answers and is linked to all others. Errors:
  /// timeout (with the end of the agent's log), those of the start.
  mesh::Task<Result<void>> start_all();
  /// Starts one and completes once it answers; cables that were pulled stay so. Errors: as above.
  mesh::Task<Result<void>> start(const std::string& org);
  /// kill -9. Completes once the agent is gone. Errors: not_found (it does not run).
  mesh::Task<Result<void>> kill(const std::string& org);
  /// Cuts or mends the direct link between two organisations. Errors: those of Machines::set_link.
  mesh::Task<Result<void>> set_link(std::string one, std::string other, bool down);
  mesh::Task<> stop_all();

  Path home(std::string_view org) const { return site(org).founded.home; }
  const Person& person(std::string_view org) const { return *site(org).founded.person; }
  Machine& machine(std::string_view org) const { return *site(org).founded.machine; }
  const FederationId& id() const { return id_; }
  const std::vector<std::string>& orgs() const { return orgs_; }
  /// A connection of its own to the agent of `org`.
  Caller caller(std::string_view org) const;
  /// Where an input of this kind listens since the last start. Errors: not_found.
  Result<mesh::Address> input(std::string_view org, std::string_view kind) const;
  /// host:port of the agent's HTTP server; empty when it has none.
  std::string http(std::string_view org) const { return site(org).http; }

  static constexpr Duration ready_max = std::chrono::seconds(15);
  static constexpr Duration linked_max = std::chrono::seconds(15);

 private:
  struct Site {
    FoundedSite founded;
    std::map<std::string, std::string, std::less<>> inputs;
    std::string http;
  };
  Federation(Machines& machines, Foundation foundation);
  mesh::Task<Result<void>> wait_ready(Site& site);
  mesh::Task<Result<void>> wait_linked(Site& site);
  Site& site(std::string_view org) const;

  Machines& machines_;
  FederationId id_;
  std::vector<std::unique_ptr<Site>> sites_;
  std::vector<std::string> orgs_;
  std::set<std::pair<std::string, std::string>> cuts_;  ///< organisations, the smaller first
};

}  // namespace tocsin::agents::drill
