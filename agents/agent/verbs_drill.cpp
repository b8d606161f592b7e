// What only a drill may do to an agent: pull its cables.
#include "agents/agent/verbs.hpp"

namespace tocsin::agents {

void add_drill_verbs(LocalApi& api, Services& services) {
  // Under a production charter these verbs do not exist.
  if (!services.charter.body.exercise) return;
  Services* all = &services;
  api.on("drill.cut", at_once([all](const Request& request) -> Result<Answer> {
           const auto org = request.required("org");
           if (!org) return std::unexpected(org.error());
           if (*org == all->org() || !all->charter.member(*org))
             return fail(Errc::usage, "'{}' is no partner in this federation", *org);
           all->node->cut(*org, request.flag("down"));
           return Answer{json::object{}};
         }));
}

}  // namespace tocsin::agents
