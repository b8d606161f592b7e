// What a federation has before its agents run: homes, roots, one charter that all have signed, a
// person with keys per organisation, and the secrets between each two.
#pragma once

#include "agents/drill/machines.hpp"
#include "agents/drill/scenario.hpp"
#include "agents/home/person.hpp"

namespace tocsin::agents::drill {

/// One organisation, founded. Lifetime: `org` is of the scenario, `machine` of the Machines.
struct FoundedSite {
  const Organisation* org = nullptr;
  Machine* machine = nullptr;
  Path home;
  std::optional<Person> person;
};
struct Foundation {
  FederationId id{};
  std::vector<FoundedSite> sites;  ///< in the scenario's order
};

/// Founds the federation of `scenario` on the disks of `machines`. Errors: those of founding,
/// charter and configuration, naming the organisation.
Result<Foundation> lay_foundation(Machines& machines, const Scenario& scenario);

/// agent.toml of one organisation of a drill. `listen` is where its agent listens, `lists` are its
/// guard's files.
std::string site_config(const Organisation& org, const std::vector<Path>& lists,
                        std::string_view listen);

}  // namespace tocsin::agents::drill
