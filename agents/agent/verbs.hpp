// What each verb of the local interface does. One source per group of nouns.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// Each adds its handlers. Lifetime: `services` outlives `api`.
void add_agent_verbs(LocalApi& api, Services& services, mesh::Job stop);
void add_indicator_verbs(LocalApi& api, Services& services);
void add_incident_verbs(LocalApi& api, Services& services);
void add_run_verbs(LocalApi& api, Services& services);
void add_damage_verbs(LocalApi& api, Services& services);

/// `json` sugar for handlers that do not wait.
Handler at_once(std::function<Result<Answer>(const Request&)> handle);

/// Drafts that go where `like` went: same marking, same audience.
struct Circle {
  mesh::Marking marking;
  mesh::Audience audience;
};
/// The circle of an incident: what all its records permit. Falls back to the operators under
/// AMBER for an incident without indicators.
Result<Circle> circle_of_incident(Services& services, const Digest& incident);

}  // namespace tocsin::agents
