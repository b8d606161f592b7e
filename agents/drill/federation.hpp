// The whole federation of a scenario on this machine: homes, roots, charter, and one real agent
// process per organisation on loopback.
#pragma once

#include "agents/drill/caller.hpp"
#include "agents/drill/scenario.hpp"
#include "agents/home/person.hpp"

namespace tocsin::agents::drill {

class Federation {
 public:
  /// Makes everything below `folder`, which must be empty or absent. Errors: those of founding,
  /// charter and configuration, naming the organisation.
  static Result<std::unique_ptr<Federation>> found(mesh::World& world, const Scenario& scenario,
                                                   Path folder);
  ~Federation();

  /// Starts all agents and completes once each answers and is linked to all others. Errors:
  /// timeout (with the end of the agent's log), io.
  mesh::Task<Result<void>> start_all();
  /// Starts one and completes once it answers. Errors: as above.
  mesh::Task<Result<void>> start(const std::string& org);
  /// kill -9. Completes once the process is gone. Errors: not_found (it does not run).
  mesh::Task<Result<void>> kill(const std::string& org);
  /// Ends all agents, with SIGKILL after a while.
  mesh::Task<> stop_all();

  bool running(std::string_view org);
  Path home(std::string_view org) const;
  const Person& person(std::string_view org) const;
  const FederationId& id() const { return id_; }
  /// A connection of its own to the agent of `org`.
  Caller caller(std::string_view org) const;
  /// Where an input of this kind listens since the last start. Errors: not_found.
  Result<mesh::Address> input(std::string_view org, std::string_view kind) const;
  /// host:port of the agent's HTTP server; empty when it has none.
  std::string http(std::string_view org) const;

  static constexpr Duration ready_max = std::chrono::seconds(15);
  static constexpr Duration linked_max = std::chrono::seconds(15);
  static constexpr Duration stop_max = std::chrono::seconds(5);

 private:
  struct Site;
  explicit Federation(mesh::World& world);
  Result<void> found_sites(const Scenario& scenario, const Path& folder);
  Result<void> agree(const Scenario& scenario);
  Result<void> exchange_secrets();
  mesh::Task<Result<void>> wait_ready(Site& site);
  mesh::Task<Result<void>> wait_linked(Site& site);
  Site& site(std::string_view org) const;

  mesh::World& world_;
  FederationId id_{};
  std::vector<std::unique_ptr<Site>> sites_;
};

/// agent.toml of one organisation of a drill. `listen` is where its agent listens.
std::string site_config(const Organisation& org, const Path& folder, std::string_view listen);

/// Removes `folder` and all below it. Errors: io.
Result<void> remove_folder(mesh::Disk& disk, const Path& folder);

}  // namespace tocsin::agents::drill
