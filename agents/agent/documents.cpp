#include "agents/agent/documents.hpp"

namespace tocsin::agents {

using namespace playbooks;

json::value time_document(WallTime t) {
  if (t.ms == 0) return nullptr;
  return json::value(mesh::to_rfc3339(t));
}

json::array texts_document(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

json::object incident_document(const Incident& incident) {
  json::array released;
  for (const auto& release : incident.released)
    released.push_back({{"to", release.to},
                        {"by", release.analyst},
                        {"at", mesh::to_rfc3339(release.at)}});
  return {{"id", to_base32(incident.id)},
          {"title", incident.title},
          {"state", name_of(incident.state)},
          {"severity", name_of(incident.severity)},
          {"orgs", texts_document(incident.orgs)},
          {"opened", time_document(incident.opened)},
          {"rule", incident.rule},
          {"indicators", ids_document(incident.indicators)},
          {"runs", ids_document(incident.runs)},
          {"techniques", texts_document(incident.techniques)},
          {"assignee", incident.assignee},
          {"acknowledged_by", incident.acknowledged_by},
          {"aliases", ids_document(incident.aliases)},
          {"released", std::move(released)}};
}

json::array timeline_document(const std::vector<TimelineEntry>& timeline) {
  json::array out;
  for (const auto& entry : timeline)
    out.push_back({{"at", time_document(entry.at)},
                   {"org", entry.org},
                   {"kind", entry.kind},
                   {"text", entry.text},
                   {"record", entry.record.is_zero() ? "" : to_base32(entry.record)}});
  return out;
}

json::object run_document(const RunState& run) {
  json::array steps;
  for (const auto& [id, step] : run.steps) {
    json::array needs;
    if (step.state == StepState::approval)
      needs.emplace_back(fmt::format("{} of {} organisations have signed", step.have.size(),
                                     step.need));
    if (step.state == StepState::manual)
      needs.emplace_back(fmt::format("a person at {} to report it done", step.org));
    steps.push_back({{"id", id},
                     {"name", step.name},
                     {"type", name_of(step.type)},
                     {"owner", step.org},
                     {"state", name_of(step.state)},
                     {"started", time_document(step.started)},
                     {"ended", time_document(step.ended)},
                     {"needs", std::move(needs)},
                     {"result", step.result},
                     {"targets", texts_document(step.targets)},
                     {"refused_approvals", step.refused_approvals}});
  }
  json::object variables;
  for (const auto& [name, value] : run.variables) variables[name] = value;
  return {{"run", to_base32(run.id)},
          {"state", name_of(run.status)},
          {"playbook", to_base32(run.start.playbook)},
          {"incident", run.start.incident},
          {"started_by", run.start.started_by},
          {"started", time_document(run.start.at)},
          {"result", run.result},
          {"variables", std::move(variables)},
          {"replayed_approvals", run.replayed_approvals},
          {"digest", to_base32(run.digest())},
          {"steps", std::move(steps)}};
}

json::object approval_document(const ApprovalRequest& approval) {
  json::array have;
  for (const auto& signer : approval.have)
    have.emplace_back(fmt::format("{}/{}", signer.org, signer.analyst));
  return {{"run", to_base32(approval.run)},
          {"step", approval.step},
          {"org", approval.org},
          {"class", approval.action_class},
          {"command", approval.command},
          {"targets", texts_document(approval.targets)},
          {"digest", to_base32(approval.digest)},
          {"have", std::move(have)},
          {"need", approval.need},
          {"deadline", time_document(approval.deadline)},
          {"deadline_ms", approval.deadline.ms}};
}

json::object effect_document(const EffectStatus& effect) {
  return {{"id", to_base32(effect.id)},
          {"org", effect.org},
          {"actuator", effect.actuator},
          {"target", effect.target.value},
          {"type", mesh::name_of(effect.target.type)},
          {"run", to_base32(effect.run)},
          {"step", effect.step},
          {"indicator", effect.indicator.is_zero() ? "" : to_base32(effect.indicator)},
          {"since", time_document(effect.since)},
          {"until", time_document(effect.until)},
          {"state", name_of(effect.state)},
          {"reason", effect.reason}};
}

json::object playbook_document(const CheckedPlaybook& checked) {
  json::array problems, steps;
  for (const auto& problem : checked.problems)
    problems.push_back({{"path", problem.path}, {"text", problem.text}});
  for (const auto& [id, step] : checked.playbook.steps)
    steps.push_back({{"id", id},
                     {"name", step.name},
                     {"type", name_of(step.type)},
                     {"owner", step.org}});
  return {{"id", checked.playbook.id},
          {"name", checked.playbook.name},
          {"digest", to_base32(checked.playbook.digest)},
          {"steps", std::move(steps)},
          {"problems", std::move(problems)}};
}

json::object asset_document(const Asset& asset) {
  return {{"id", asset.id},
          {"name", asset.name},
          {"kind", asset.kind},
          {"owner", asset.owner},
          {"country", asset.country},
          {"criticality", name_of(asset.criticality)},
          {"rto", asset.rto ? json::value(playbooks::name_of(*asset.rto)) : json::value(nullptr)},
          {"depends_on", texts_document(asset.depends_on)}};
}

json::object damage_document(const Damage& damage) {
  json::array assets, cycles;
  for (const auto& asset : damage.assets)
    assets.push_back({{"id", asset.id},
                      {"org", asset.org},
                      {"name", asset.name},
                      {"kind", asset.kind},
                      {"state", name_of(asset.state)},
                      {"impact", name_of(asset.impact)},
                      {"criticality", name_of(asset.criticality)},
                      {"path", texts_document(asset.path)}});
  for (const auto& cycle : damage.cycles) cycles.push_back(texts_document(cycle));
  return {{"assets", std::move(assets)},
          {"services", texts_document(damage.services)},
          {"restore_order", texts_document(damage.restore_order)},
          {"cycles", std::move(cycles)}};
}

json::array repair_document(const std::vector<RepairTask>& tasks) {
  json::array out;
  for (const auto& task : tasks) {
    json::array evidence;
    for (const auto& entry : task.evidence)
      evidence.push_back({{"at", time_document(entry.at)},
                          {"state", name_of(entry.state)},
                          {"org", entry.org},
                          {"who", entry.who},
                          {"text", entry.text},
                          {"record", to_base32(entry.record)}});
    out.push_back({{"asset", task.asset},
                   {"org", task.org},
                   {"state", name_of(task.state)},
                   {"after", texts_document(task.after)},
                   {"evidence", std::move(evidence)}});
  }
  return out;
}

}  // namespace tocsin::agents
