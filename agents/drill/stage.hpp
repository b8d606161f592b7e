// What injects and expectations share while a drill is played: the federation, the clock of the
// story, and what the scenario's names stand for.
#pragma once

#include "agents/drill/pulse.hpp"
#include "agents/drill/timeline.hpp"

namespace tocsin::agents::drill {

struct NamedIndicator {
  std::string org, id, value;
};
struct NamedRun {
  std::string org, id;
};
/// Something that an agent said it has taken: it may not be lost.
struct Acknowledged {
  std::string org, verb, key, id, what;  ///< `verb` with argument `key` = `id` finds it again
};

struct Stage {
  mesh::World& world;
  const Scenario& scenario;
  Federation& federation;
  Timeline& timeline;
  Pulse& pulse;
  std::map<std::string, NamedIndicator, std::less<>> indicators = {};
  std::map<std::string, std::string, std::less<>> playbooks = {};  ///< id by name
  std::map<std::string, NamedRun, std::less<>> runs = {};
  std::vector<Acknowledged> acknowledged = {};

  /// Errors: not_found (the inject that names it failed).
  Result<NamedIndicator> indicator(const std::string& name) const;
  Result<std::string> playbook(const std::string& name) const;
  Result<NamedRun> run(const std::string& name) const;
  /// Ids at `org` of the incidents that hold the indicator, sorted. Errors: those of the agent.
  mesh::Task<Result<std::vector<std::string>>> incidents_of(Caller& caller,
                                                            std::string indicator) const;
};

/// The step of a run's document that `wanted` names by id, name or owner; when empty, the only
/// one that is in `state`. Lifetime: of `run`.
const json::object* step_in(const json::object& run, std::string_view wanted,
                            std::string_view state);

}  // namespace tocsin::agents::drill
