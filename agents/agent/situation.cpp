#include "agents/agent/situation.hpp"

#include "agents/agent/documents.hpp"

namespace tocsin::agents {

using namespace playbooks;

std::int64_t seconds_of(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

json::array clocks_off(const Services& services) {
  json::array out;
  for (const auto& peer : services.node->peers())
    if (peer.clock_off)
      out.push_back({{"org", peer.org},
                     {"agent", peer.agent},
                     {"ahead_s", seconds_of(peer.clock_ahead)}});
  return out;
}

namespace {

json::array alarms(const Services& services) {
  json::array out;
  if (services.now() >= services.charter.body.expires)
    out.emplace_back("the charter has expired: no joint effects until members sign a later version");
  if (services.store.out_of_room())
    out.emplace_back("store: full, nothing new is kept: `tocsin store compact`, or a larger [store] "
                     "size_max");
  for (const auto& each : clocks_off(services)) {
    if (out.size() == situation_rows_max) break;
    const auto ahead = each.at("ahead_s").as_int64();
    out.emplace_back(fmt::format("clock: {} is {} s {} this agent", each.at("org").as_string().c_str(),
                                 ahead < 0 ? -ahead : ahead, ahead < 0 ? "behind" : "ahead of"));
  }
  for (const auto& fork : services.node->forks()) {
    if (fork.settled || out.size() == situation_rows_max) continue;
    out.emplace_back(fmt::format("fork: {}/{} signed two truths, see `tocsin fork list`", fork.org,
                                 fork.agent));
  }
  return out;
}

}  // namespace

Result<Answer> situation(const Services& services, const Request& request) {
  json::array incidents, waiting, deadlines, next;
  std::size_t open = 0;
  for (const auto& incident : services.incidents.list()) {
    if (incident.state == IncidentState::closed || ++open > situation_rows_max) continue;
    incidents.push_back(incident_document(incident));
  }
  const std::string me = request.text("me");
  for (const auto& approval : services.runs->approvals()) {
    if (waiting.size() == situation_rows_max) break;
    const std::string self = fmt::format("{}/{}", services.org(), me);
    bool signed_here = false;
    for (const auto& signer : approval.have)
      signed_here |= signer.org == services.org() &&
                     (me.empty() || fmt::format("{}/{}", signer.org, signer.analyst) == self);
    if (signed_here) continue;
    auto row = approval_document(approval);
    row["what"] = "approval";
    waiting.push_back(std::move(row));
    deadlines.push_back({{"at", time_document(approval.deadline)},
                         {"text", fmt::format("approval of {}", approval.command)}});
    const auto run = to_base32(approval.run).substr(0, 8);
    next.emplace_back(fmt::format("tocsin approve {} {} --as {}", run, approval.step,
                                  me.empty() ? "NAME" : me));
  }
  for (const auto& run : services.runs->runs())
    for (const auto& [id, step] : run.steps) {
      if (step.state != StepState::manual || step.org != services.org() ||
          waiting.size() >= situation_rows_max)
        continue;
      waiting.push_back({{"what", "manual"},
                         {"run", to_base32(run.id)},
                         {"step", id},
                         {"command", step.command_text.empty() ? step.name : step.command_text}});
      next.emplace_back(fmt::format("tocsin run done {} {}", to_base32(run.id).substr(0, 8), id));
    }
  for (const auto& incident : services.incidents.list()) {
    if (incident.state != IncidentState::open || next.size() >= situation_rows_max) continue;
    next.emplace_back(
        fmt::format("tocsin incident ack {}", to_base32(incident.id).substr(0, 8)));
  }
  return Answer{json::object{{"org", services.org()},
                             {"alarms", alarms(services)},
                             {"exercise", services.charter.body.exercise},
                             {"open_incidents", open},
                             {"incidents", std::move(incidents)},
                             {"waiting", std::move(waiting)},
                             {"deadlines", std::move(deadlines)},
                             {"next", std::move(next)}}};
}

Digest state_digest(const Services& services) {
  ByteWriter all;
  all.fixed(services.incidents.state_digest());
  all.fixed(services.damage.state_digest());
  std::map<RunId, Digest> runs;
  for (const auto& run : services.runs->runs()) runs[run.id] = run.digest();
  for (const auto& [id, digest] : runs) {
    all.fixed(id);
    all.fixed(digest);
  }
  return crypto::blake2b(all.bytes());
}

}  // namespace tocsin::agents
