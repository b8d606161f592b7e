// Starting a run: what is asked for becomes a start record, or is refused.
#include <algorithm>

#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {


namespace {

/// The variables of a start: known, external, of their type, and none missing.
Result<std::map<std::string, std::string>> start_variables(
    const Playbook& playbook, const std::map<std::string, std::string>& given) {
  std::map<std::string, std::string> out;
  for (const auto& [short_name, value] : given) {
    const auto name = variable_name(short_name);
    const auto found = playbook.variables.find(name);
    if (found == playbook.variables.end())
      return fail(Errc::usage, "playbook {} has no variable {}", playbook.name, name);
    if (found->second.constant)
      return fail(Errc::usage, "variable {} is constant", name);
    auto checked = check_value(found->second.type, value);
    if (!checked)
      return fail(checked.error().code, "variable {}: {}", name, checked.error().message);
    out.emplace(name, std::move(*checked));
  }
  for (const auto& [name, variable] : playbook.variables)
    if (variable.external && !variable.value && !out.contains(name))
      return std::unexpected(Error{Errc::usage, fmt::format("variable {} has no value", name),
                                   fmt::format("give --var {}=VALUE", name.substr(2, name.size() - 4))});
  return out;
}

}  // namespace

Result<RunStart> RunCore::plan_run(const CheckedPlaybook& checked, const StartRequest& request,
                                   RunStart start, WallTime now) const {
  const auto& playbook = checked.playbook;
  if (runs.size() >= RunEngine::runs_max) return fail(Errc::full, "{} runs are held already", RunEngine::runs_max);
  auto variables = start_variables(playbook, request.variables);
  if (!variables) return std::unexpected(variables.error());
  start.playbook = playbook.digest;
  start.incident = request.incident;
  start.started_by = request.started_by;
  start.at = now;
  start.starter = options.agent;
  start.variables = std::move(*variables);
  start.marking = mesh::intersect(request.marking, playbook.marking);
  start.run = run_id_of(start);
  if (runs.contains(start.run))
    return fail(Errc::duplicate, "this run has been started already");
  return start;
}

Result<Started> RunCore::begin_run(const CheckedPlaybook& checked, const StartRequest& request,
                                   RunStart wished, WallTime now) {
  auto start = plan_run(checked, request, std::move(wished), now);
  if (!start) return std::unexpected(start.error());
  Started out{start->run, {}};
  auto& run = runs[start->run];
  run.has_start = true;
  run.audience = request.audience;
  run.start = std::move(*start);
  const auto kind = mesh::RecordKind::run_event;
  out.actions.push_back(
      PublishRecord{kind, run.start.marking, run.audience,
                    encode_start(header(kind, run.start.marking, now), run.start), true});
  out.actions.push_back(Notify{run.start.run, {}, "started"});
  live.insert(run.start.run);
  refresh(run);
  advance(run, now, out.actions);
  return out;
}

Result<const CheckedPlaybook*> RunCore::wanted_playbook(const Digest& digest) const {
  const auto found = playbooks.find(digest);
  if (found == playbooks.end()) return fail(Errc::not_found, "no such playbook");
  if (!found->second.ok())
    return fail(Errc::invalid, "playbook: {}: {}", found->second.problems[0].path,
                found->second.problems[0].text);
  return &found->second;
}

Result<RunStart> RunCore::manned(const CheckedPlaybook& checked,
                                 const StartRequest& request) const {
  RunStart start;
  for (const auto& org : checked.playbook.orgs) {
    const auto agent = ports.executor(org);
    if (!ports.charter->member(org) || !agent)
      return fail(Errc::refused, "playbook: {} is no member with an agent", org);
    if (!request.audience.includes(org))
      return fail(Errc::marking, "{} may not see this run: the marking of its incident or "
                                 "indicator does not include it", org);
    start.executors.emplace(org, *agent);
  }
  start.nonce = ports.entropy->make<Digest>();
  return start;
}

Result<Started> RunEngine::start(const StartRequest& request, WallTime now) {
  const auto checked = core_->wanted_playbook(request.playbook);
  if (!checked) return std::unexpected(checked.error());
  auto start = core_->manned(**checked, request);
  if (!start) return std::unexpected(start.error());
  return core_->begin_run(**checked, request, std::move(*start), now);
}

Result<void> RunEngine::check_start(const StartRequest& request, WallTime now) const {
  const auto checked = core_->wanted_playbook(request.playbook);
  if (!checked) return std::unexpected(checked.error());
  auto start = core_->manned(**checked, request);
  if (!start) return std::unexpected(start.error());
  const auto planned = core_->plan_run(**checked, request, std::move(*start), now);
  if (!planned) return std::unexpected(planned.error());
  return {};
}

}  // namespace tocsin::playbooks
