// What each verb of the local interface does. One source per group of nouns.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// Each adds its handlers. Lifetime: `services` outlives `api`.
void add_agent_verbs(LocalApi& api, Services& services, mesh::Job stop);
void add_bundle_verbs(LocalApi& api, Services& services);
void add_indicator_verbs(LocalApi& api, Services& services);
void add_incident_verbs(LocalApi& api, Services& services);
void add_run_verbs(LocalApi& api, Services& services);
void add_fork_verbs(LocalApi& api, Services& services);
void add_store_verbs(LocalApi& api, Services& services);
void add_damage_verbs(LocalApi& api, Services& services);
/// Under an exercise charter only.
void add_drill_verbs(LocalApi& api, Services& services);

/// What a compaction did, and how the store stands.
json::object compaction_document(const mesh::CompactionReport& report);
json::object compaction_status(const Services& services);

/// A handler that does not wait.
Handler at_once(std::function<Result<Answer>(const Request&)> handle);

/// Who a record may go to, and under which marking.
struct Circle {
  mesh::Marking marking;
  mesh::Audience audience;
};
/// The circle of an incident: what all its records permit. Falls back to the operators under
/// AMBER for an incident without indicators.
Result<Circle> circle_of_incident(Services& services, const playbooks::IncidentId& incident);

}  // namespace tocsin::agents
