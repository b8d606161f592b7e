#include "agents/drill/stage.hpp"

#include <algorithm>

namespace tocsin::agents::drill {

Result<NamedIndicator> Stage::indicator(const std::string& name) const {
  const auto found = indicators.find(name);
  if (found == indicators.end()) return fail(Errc::not_found, "indicator {} was not shared", name);
  return found->second;
}

Result<std::string> Stage::playbook(const std::string& name) const {
  const auto found = playbooks.find(name);
  if (found == playbooks.end()) return fail(Errc::not_found, "playbook {} was not imported", name);
  return found->second;
}

Result<NamedRun> Stage::run(const std::string& name) const {
  const auto found = runs.find(name);
  if (found == runs.end()) return fail(Errc::not_found, "run {} was not started", name);
  return found->second;
}

mesh::Task<Result<std::vector<std::string>>> Stage::incidents_of(Caller& caller,
                                                                 std::string indicator) const {
  const auto listed = co_await caller.ask("incident.list", json::object{});
  if (!listed) co_return std::unexpected(listed.error());
  std::vector<std::string> out;
  for (const auto* incident : objects_in(*listed, "incidents")) {
    const auto ids = texts_in(*incident, "indicators");
    if (std::find(ids.begin(), ids.end(), indicator) != ids.end())
      out.push_back(text_in(*incident, "id"));
  }
  std::sort(out.begin(), out.end());
  co_return out;
}

const json::object* step_in(const json::object& run, std::string_view wanted,
                            std::string_view state) {
  const json::object* found = nullptr;
  for (const auto* step : objects_in(run, "steps")) {
    const auto type = text_in(*step, "type");
    if (type != "action") continue;
    const bool fits = wanted.empty() ? text_in(*step, "state") == state
                                     : text_in(*step, "id") == wanted ||
                                           text_in(*step, "name") == wanted ||
                                           text_in(*step, "owner") == wanted;
    if (!fits) continue;
    if (!found || text_in(*step, "state") == state) found = step;
  }
  return found;
}

}  // namespace tocsin::agents::drill
