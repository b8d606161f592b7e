#include "agents/cli/nouns.hpp"

namespace tocsin::agents::cli {

const std::vector<Command>& commands() {
  static const Commands all = [] {
    Commands out;
    for (const auto add : {add_set_up, add_analyst, add_charter, add_charter_amend, add_pair, add_agent, add_revoke,
                           add_doctor, add_now, add_ioc, add_ioc_import, add_match, add_sighting,
                           add_incident, add_playbook, add_run, add_approval, add_damage,
                           add_audit, add_fork, add_bundle, add_store, add_drill})
      add(out);
    return out;
  }();
  return all;
}

mesh::Task<Result<Document>> relay(Call& call) {
  auto answer_task = call.ask(call.command().local_verb(),
                                  call.arguments().to_json(call.command()));
  auto answer = co_await answer_task;
  co_return answer;
}

}  // namespace tocsin::agents::cli
