#include "playbooks/runs/run_engine.hpp"

#include <algorithm>

#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {


RunEngine::RunEngine(RunPorts ports, RunOptions options)
    : core_(std::make_unique<RunCore>(std::move(ports), std::move(options))) {}
RunEngine::~RunEngine() = default;

Run* RunCore::run_with_start(const RunId& id) {
  const auto found = runs.find(id);
  return found == runs.end() || !found->second.has_start ? nullptr : &found->second;
}

Run* RunCore::run_or_orphan(const RunId& id) {
  if (const auto found = runs.find(id); found != runs.end()) return &found->second;
  if (orphans >= RunEngine::orphans_max || runs.size() >= RunEngine::runs_max) {
    refuse("too many runs");
    return nullptr;
  }
  ++orphans;
  return &runs[id];
}

const Playbook* RunCore::playbook_of(const Run& run) const {
  const auto found = playbooks.find(run.start.playbook);
  return found == playbooks.end() || !found->second.ok() ? nullptr : &found->second.playbook;
}

void RunCore::refresh(Run& run) {
  if (run.has_start) run.state = compute_state(run.start, playbook_of(run), run.chains);
}

void RunCore::emit(Run& run, RunEvent event, WallTime now, Actions& out) {
  event.run = run.start.run;
  event.index = ++run.last_index;
  event.at = now;
  const auto kind = event.code == EventCode::effect ? mesh::RecordKind::effect
                                                    : mesh::RecordKind::run_event;
  auto bytes = encode_event(header(kind, run.start.marking, now), event);
  event.record = crypto::blake2b(bytes);
  if (!event.cites.is_zero()) run.cited.insert(event.cites);
  out.push_back(PublishRecord{kind, run.start.marking, run.audience, std::move(bytes), true});
  out.push_back(Notify{run.start.run, event.step, event.text});
  run.chains[options.agent].emplace(std::pair{event.index, event.record}, std::move(event));
  refresh(run);
}

bool RunCore::executes(const Run& run, const Step& step) const {
  if (step.type == StepType::if_condition) return run.start.starter == options.agent;
  const auto found = run.start.executors.find(step.org);
  return step.type == StepType::action && found != run.start.executors.end() &&
         found->second == options.agent;
}

bool RunCore::takes_part(const Run& run, std::string_view org) const {
  return run.start.executors.contains(std::string(org));
}

void RunCore::take_playbook(const mesh::RecordView& record, WallTime now, Actions& out) {
  const auto shared = decode_playbook(record);
  auto checked = shared ? check_playbook(shared->json) : std::unexpected(shared.error());
  if (!checked) return refuse("playbook: " + std::string(name_of(checked.error().code)));
  const auto digest = checked->playbook.digest;
  if (playbooks.contains(digest)) return;
  if (playbooks.size() >= RunEngine::playbooks_max) return refuse("too many playbooks");
  playbooks.emplace(digest, std::move(*checked));
  for (auto& [id, run] : runs)
    if (run.has_start && run.start.playbook == digest) {
      refresh(run);
      live.insert(id);
    }
  advance_live(now, out);
}

void RunCore::take_start(const mesh::RecordView& record, const AgentId& agent,
                      const mesh::Audience& audience, WallTime now, Actions& out) {
  auto start = decode_start(record, agent);
  if (!start) return refuse("run start: " + std::string(name_of(start.error().code)));
  auto* run = run_or_orphan(start->run);
  if (!run || run->has_start) return;
  --orphans;
  run->has_start = true;
  run->audience = audience;
  run->start = std::move(*start);
  live.insert(run->start.run);
  refresh(*run);
  advance(*run, now, out);
}

void RunCore::take_event(const mesh::RecordView& record, const AgentId& agent, bool durable,
                      WallTime now, Actions& out) {
  if (record.body.size() > event_bytes_max) return refuse("run event: too large");
  auto event = decode_event(record);
  if (!event) return refuse("run event: " + std::string(name_of(event.error().code)));
  auto* run = run_or_orphan(event->run);
  if (!run) return;
  auto& chain = run->chains[agent];
  if (chain.size() >= chain_events_max) return refuse("run event: chain is full");
  if (agent == options.agent) {
    run->last_index = std::max(run->last_index, event->index);
    if (!event->cites.is_zero()) run->cited.insert(event->cites);
    if (event->code == EventCode::standing_used)
      for (std::uint32_t i = 0; i < event->need; ++i)
        standing.use(event->cites, standing_use(event->run, event->step, i));
    if (durable && event->code == EventCode::effect) run->durable.insert(event->effect);
  }
  const auto id = event->run;
  const bool fresh =
      chain.emplace(std::pair{event->index, event->record}, std::move(*event)).second;
  if (!run->has_start) return;
  if (fresh) {
    refresh(*run);
    if (agent != options.agent) out.push_back(Notify{id, {}, {}});
  }
  live.insert(id);
  advance(*run, now, out);
}

Actions RunEngine::on_record(const mesh::RecordView& record, std::string_view org,
                             const AgentId& agent, const mesh::Audience& audience, bool durable,
                             WallTime now) {
  Actions out;
  if (org.empty()) return out;
  if (record.header.kind == mesh::RecordKind::playbook) core_->take_playbook(record, now, out);
  if (record.header.kind == mesh::RecordKind::approval)
    core_->take_approval(record, agent, now, out);
  if (record.header.kind == mesh::RecordKind::effect)
    core_->take_event(record, agent, durable, now, out);
  if (record.header.kind != mesh::RecordKind::run_event) return out;

  const auto fields = mesh::FieldReader::make(record);
  const auto code = fields ? code_of(*fields) : std::unexpected(fields.error());
  if (!code) {
    core_->refuse("run event: invalid");
  } else if (*code == EventCode::started) {
    core_->take_start(record, agent, audience, now, out);
  } else if (*code == EventCode::order) {
    const auto body = decode_order(record);
    if (body) core_->take_order(*body, record.id(), now, out);
  } else {
    core_->take_event(record, agent, durable, now, out);
  }
  return out;
}

Actions RunEngine::set_reachable(std::string_view org, bool reachable, WallTime now) {
  Actions out;
  auto [at, fresh] = core_->reachable.try_emplace(std::string(org), reachable, now);
  if (!fresh && at->second.first != reachable) at->second = {reachable, now};
  if (!reachable) out.push_back(WakeAt{at->second.second + core_->options.unreachable_after});
  core_->advance_live(now, out);
  return out;
}

Actions RunEngine::tick(WallTime now) {
  Actions out = std::exchange(core_->deferred, {});
  core_->retry_unverified(now, out);
  for (const auto& id : std::vector<RunId>(core_->live.begin(), core_->live.end()))
    if (auto* run = core_->run_with_start(id)) core_->expire_effects(*run, now, out);
  core_->advance_live(now, out);
  return out;
}

Result<CheckedPlaybook> RunEngine::shareable(std::string_view json) const {
  auto checked = check_playbook(json);
  if (!checked) return std::unexpected(checked.error());
  if (!checked->ok())
    return std::unexpected(Error{
        Errc::invalid,
        fmt::format("playbook: {}: {}", checked->problems[0].path, checked->problems[0].text),
        "`tocsin playbook check FILE` lists every fault"});
  std::vector<std::string> members;
  for (const auto& member : core_->ports.charter->body.members) members.push_back(member.org);
  if (const auto known = check_members(checked->playbook, members); !known)
    return std::unexpected(known.error());
  if (core_->playbooks.size() >= RunEngine::playbooks_max)
    return fail(Errc::full, "{} playbooks are held already", RunEngine::playbooks_max);
  return checked;
}

Result<Actions> RunEngine::share_playbook(std::string_view json, const mesh::Audience& audience,
                                          WallTime now) {
  auto checked = shareable(json);
  if (!checked) return std::unexpected(checked.error());
  const auto& playbook = checked->playbook;
  auto bytes = encode_playbook(
      core_->header(mesh::RecordKind::playbook, playbook.marking, now), {playbook.name, json});
  Actions out;
  if (bytes.size() > mesh::record_bytes_max)
    return fail(Errc::too_large, "playbook: does not fit a record with its name");
  out.push_back(PublishRecord{mesh::RecordKind::playbook, playbook.marking, audience,
                              std::move(bytes), false});
  core_->playbooks.insert_or_assign(playbook.digest, std::move(*checked));
  return out;
}

}  // namespace tocsin::playbooks
