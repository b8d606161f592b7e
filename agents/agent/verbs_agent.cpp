#include <algorithm>

#include <fmt/format.h>

#include "agents/agent/charter_flow.hpp"
#include "agents/agent/audit_compare.hpp"
#include "agents/agent/audit_export.hpp"
#include "agents/agent/documents.hpp"
#include "agents/agent/people.hpp"
#include "agents/agent/run_driver.hpp"
#include "agents/agent/situation.hpp"
#include "agents/agent/verbs.hpp"
#include "agents/home/node_options.hpp"
#include "agents/home/peers.hpp"

namespace tocsin::agents {
namespace {

json::array inputs_document(const Services& services) {
  json::array out;
  for (const auto& input : services.inputs) {
    const auto status = input->status();
    json::object reasons;
    for (const auto& [reason, count] : status.reasons) reasons[reason] = count;
    out.push_back({{"kind", status.kind},
                   {"listen", status.listen},
                   {"events", status.events},
                   {"rejected", status.rejected},
                   {"reasons", std::move(reasons)}});
  }
  return out;
}

Result<Answer> status(const Services& services) {
  std::size_t connected = 0;
  const auto peers = services.node->peers();
  for (const auto& peer : peers) connected += peer.state == mesh::PeerState::connected;
  json::object refusals;
  for (const auto& [reason, count] : services.runs->refusals()) refusals[reason] = count;
  const auto counters = services.node->counters();
  json::object refused;
  for (const auto& [reason, count] : counters.refused) refused[reason] = count;
  return Answer{json::object{
      {"org", services.org()},
      {"agent", services.home.open.agent},
      {"federation", to_base32(services.charter.federation)},
      {"charter", services.charter.body.name},
      {"charter_version", services.charter.body.version},
      {"charter_expires", time_document(services.charter.body.expires)},
      {"exercise", services.charter.body.exercise},
      {"charter_expired", services.now() >= services.charter.body.expires},
      {"listen", services.node->listening()},
      {"http", services.http_address},
      {"uptime_s", std::chrono::duration_cast<std::chrono::seconds>(
                       services.world.clock.now().since_start - services.started.since_start)
                       .count()},
      {"peers", connected},
      {"records", services.store.ordinals()},
      {"indicators", services.indicators.active()},
      {"index_bytes", services.indicators.index().bytes()},
      {"sightings", services.sightings.list({}).size()},
      {"rss_bytes", services.world.processes.rss_bytes()},
      {"store_bytes", services.store.bytes_on_disk()},
      {"store_full", services.store.out_of_room()},
      {"compaction", compaction_status(services)},
      {"share_failures", services.share_failures},
      {"refusals", std::move(refusals)},
      {"refused", std::move(refused)},
      {"logs", counters.logs},
      {"own_logs", counters.own_logs},
      {"own_logs_max", counters.own_logs_max},
      {"clock_alarms", counters.clock_alarms},
      {"signed_elsewhere", counters.own_name},
      {"clocks_off", clocks_off(services)},
      {"state_digest", to_base32(state_digest(services))},
      {"inputs", inputs_document(services)}}};
}

/// Which secret of the pair the live session was made with; without one there can be none.
std::string_view secret_with(const Services& services, const mesh::PeerStatus& peer) {
  const auto& held = services.home.secrets;
  if (std::ranges::find(held, peer.org, &crypto::PairSecrets::peer_org) == held.end()) return "none";
  return peer.next_secret ? "next" : "current";
}

Result<Answer> list_peers(const Services& services) {
  json::array out;
  for (const auto& peer : services.node->peers()) {
    json::object refused;
    for (const auto& [reason, count] : peer.refused) refused[reason] = count;
    const double rtt = std::chrono::duration<double, std::milli>(peer.rtt).count();
    const auto secret = secret_with(services, peer);
    const bool revoked = peer.state == mesh::PeerState::revoked;
    out.push_back({{"org", peer.org},
                   {"agent", peer.agent},
                   {"address", peer.address},
                   {"state", secret == "none" && !revoked ? "no_secret" : mesh::name_of(peer.state)},
                   {"gateway", peer.gateway},
                   {"suspect", peer.suspect},
                   {"rtt_ms", rtt},
                   {"behind", peer.behind},
                   {"mode", mesh::name_of(peer.mode)},
                   {"lanes", peer.lanes},
                   {"credit_bytes", peer.credit_bytes},
                   {"secret", secret},
                   {"last_seen", time_document(peer.last_seen)},
                   {"refused", std::move(refused)},
                   {"clock_ahead_s", seconds_of(peer.clock_ahead)}});
  }
  return Answer{json::object{{"peers", std::move(out)}}};
}

/// HOME/peers/ORG.json has changed: dial what it names.
Result<Answer> add_peer(Services& services, const Request& request) {
  const std::string org = request.text("org");
  if (!crypto::is_name(org)) return fail(Errc::usage, "peer.add: '{:.40}' is no organisation's id", org);
  auto peers = read_peers(services.world.disk, services.home.open.at);
  if (!peers) return std::unexpected(peers.error());
  for (const auto& peer : *peers)
    if (peer.card.org == org)
      for (auto& config : peer_configs(peer)) services.node->add_peer(std::move(config));
  services.home.open.peers = std::move(*peers);
  return Answer{json::object{{"org", org}}};
}

Result<Duration> duration_back(const std::string& text) {
  const auto back = mesh::parse_duration(text);
  if (!back) return within("--since", {Errc::usage, back.error().message, "15m"});
  return *back;
}

/// Those of records, and what the agent itself tells.
std::vector<std::string_view> watched_kinds() {
  std::vector<std::string_view> out{"batch", "peer"};
  for (int kind = 1; mesh::name_of(mesh::RecordKind(kind)) != "unknown"; ++kind)
    out.push_back(mesh::name_of(mesh::RecordKind(kind)));
  return out;
}

Result<void> check_watch(const WatchHub::Query& query) {
  const auto known = watched_kinds();
  for (const auto& kind : query.kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end())
      return std::unexpected(Error{Errc::usage, fmt::format("--kind {:.40}: no such kind", kind),
                                   fmt::format("{}", fmt::join(known, ", "))});
  if (query.since.empty()) return {};
  const auto back = duration_back(query.since);
  if (!back) return std::unexpected(back.error());
  return {};
}

Result<Answer> list_sightings(const Services& services, const Request& request) {
  WallTime since{};
  if (request.has("since")) {
    const auto back = duration_back(request.text("since"));
    if (!back) return std::unexpected(back.error());
    since = services.now() - *back;
  }
  json::array out;
  for (const auto& total : services.sightings.list(since))
    out.push_back({{"indicator", to_base32(total.indicator)},
                   {"value", services.indicators.value_of(total.indicator)},
                   {"type", mesh::name_of(total.type)},
                   {"org", total.org},
                   {"count", total.count},
                   {"first_seen", time_document(total.first_seen)},
                   {"last_seen", time_document(total.last_seen)}});
  return Answer{json::object{{"sightings", std::move(out)}}};
}

mesh::Task<Result<Answer>> watch(Services& services, Request request) {
  WatchHub::Query query{request.texts("kind"), request.text("after"), request.text("since")};
  if (const auto fit = check_watch(query); !fit) co_return std::unexpected(fit.error());
  auto task = services.watch.stream(std::move(query), *request.lines);
  const auto ended = co_await std::move(task);
  if (!ended) co_return std::unexpected(ended.error());
  co_return Answer{json::object{}};
}

/// A prefix of an id, made whole. Errors: not_found, usage (ambiguous, unknown kind).
Result<std::string> resolve(Services& services, const Request& request) {
  const std::string kind = request.text("kind"), id = request.text("id");
  if (kind == "indicator") {
    const auto found = services.indicators.find(id);
    if (!found) return std::unexpected(found.error());
    return to_base32(*found);
  }
  if (kind == "incident") {
    const auto found = services.incidents.find(id);
    if (!found) return std::unexpected(found.error());
    return to_base32(*found);
  }
  if (kind == "run") {
    const auto found = services.runs->run(id);
    if (!found) return std::unexpected(found.error());
    return to_base32(found->id);
  }
  if (kind == "playbook") {
    const auto found = services.runs->find_playbook(id);
    if (!found) return std::unexpected(found.error());
    return to_base32((*found)->playbook.digest);
  }
  if (kind == "effect") {
    const auto found = services.driver->find_effect(id);
    if (!found) return std::unexpected(found.error());
    return to_base32(*found);
  }
  return fail(Errc::usage, "unknown kind of id '{}'", kind);
}

}  // namespace

Handler at_once(std::function<Result<Answer>(const Request&)> handle) {
  // The function lives in the handler table for as long as the agent runs.
  return [handle = std::move(handle)](Request request) {
    const auto run = [](const std::function<Result<Answer>(const Request&)>& what,
                        Request from) -> mesh::Task<Result<Answer>> {
      co_return what(from);
    };
    return run(handle, std::move(request));
  };
}

void add_agent_verbs(LocalApi& api, Services& services, mesh::Job stop) {
  Services* all = &services;
  api.on("agent.status", at_once([all](const Request&) { return status(*all); }));
  const auto halt = std::make_shared<mesh::Job>(std::move(stop));
  api.on("agent.stop", at_once([all, halt](const Request&) -> Result<Answer> {
           // After the answer has left.
           all->world.loop.after(std::chrono::milliseconds(50), [halt] { (*halt)(); });
           return Answer{json::object{{"stopped", true}}};
         }));
  api.on("peer.list", at_once([all](const Request&) { return list_peers(*all); }));
  api.on("peer.add", at_once([all](const Request& r) { return add_peer(*all, r); }));
  api.on("sighting.list", at_once([all](const Request& r) { return list_sightings(*all, r); }));
  api.on("watch", [all](Request request) { return watch(*all, std::move(request)); });
  api.on("resolve", at_once([all](const Request& request) -> Result<Answer> {
           const auto id = resolve(*all, request);
           if (!id) return std::unexpected(id.error());
           return Answer{json::object{{"id", *id}}};
         }));
  api.on("now", at_once([all](const Request& r) { return situation(*all, r); }));
  api.on("analyst.list", at_once([all](const Request& r) { return list_analysts(*all, r); }));
  api.on("audit.verify", at_once([all](const Request&) { return verify_audit(*all); }));
  api.on("agent.heads", at_once([all](const Request& r) { return list_heads(*all, r); }));
  api.on("agent.revoke", [all](Request request) { return revoke(*all, std::move(request)); });
  api.on("audit.compare",
         [all](Request request) { return compare_audit(*all, std::move(request)); });
  api.on("audit.export", [all](Request request) { return export_audit(*all, std::move(request)); });
  api.on("charter.accept", at_once([all](const Request& r) { return accept_charter(*all, r); }));
  api.on("psk.take", at_once([all](const Request& r) { return take_secret(*all, r); }));
  api.on("home.reload", [all](Request) { return reload_home(*all); });
}

}  // namespace tocsin::agents
