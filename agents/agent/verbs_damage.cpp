#include <algorithm>

#include <fmt/format.h>

#include "agents/agent/documents.hpp"
#include "agents/agent/equipment.hpp"
#include "agents/agent/verbs.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

Result<Answer> list_assets(Services& services, const Request& request) {
  json::array out;
  const std::string id = request.text("id");
  for (const auto& asset : services.damage.assets())
    if (id.empty() || asset.id == id) out.push_back(asset_document(asset));
  if (!id.empty() && out.empty()) return fail(Errc::not_found, "no asset '{}'", id);
  return Answer{json::object{{"assets", std::move(out)}}};
}

json::array rejected_document(const AssetImport& read, const std::string& file) {
  json::array out;
  for (const auto& fault : read.rejected)
    out.push_back({{"line", fault.place}, {"file", file}, {"reason", fault.reason}});
  return out;
}

/// What an import would take in.
Answer checked_assets(const AssetImport& read, const std::string& file) {
  auto rejected = rejected_document(read, file);
  json::array assets;
  for (const auto& asset : read.assets) assets.push_back(asset_document(asset));
  const int exit = rejected.empty() ? 0 : 3;
  return {json::object{{"imported", read.assets.size()},
                       {"assets", std::move(assets)},
                       {"rejected", std::move(rejected)},
                       {"dry_run", true}},
          exit};
}

Result<Answer> import_assets(Services& services, const Request& request) {
  const std::string file = request.text("file");
  auto read = read_assets(request.text("document"));
  if (!read)
    return within(file, hinted(read.error(),
                               "CSV begins with a header: id,name,kind,owner,country,criticality,"
                               "rto,depends_on"));
  if (request.flag("dry_run")) return checked_assets(*read, file);
  auto imported = services.damage.import(std::move(read->assets));
  if (!imported) return within(file, imported.error());

  // The inventory is this organisation's own business: it stays in HOME and is never shared.
  const std::string whole = write_assets_json(services.damage.assets());
  const auto kept = services.world.disk.write_atomic(inventory_file(services.home.open.at),
                                                     bytes_of(whole), mesh::FileMode::secret);
  if (!kept) return within(file, kept.error());

  auto rejected = rejected_document(*read, file);
  json::array unresolved, assets;
  for (const auto& id : imported->unresolved) unresolved.emplace_back(id);
  for (const auto& asset : services.damage.assets()) assets.push_back(asset_document(asset));
  const int exit = rejected.empty() ? 0 : 3;
  return Answer{json::object{{"imported", imported->added + imported->replaced},
                             {"assets", std::move(assets)},
                             {"unresolved", std::move(unresolved)},
                             {"rejected", std::move(rejected)}},
                exit};
}

/// Own hosts that the incident's indicators were seen on.
std::vector<DamageEvidence> evidence_of(Services& services, const IncidentId& incident) {
  std::vector<DamageEvidence> out;
  const auto shown = services.incidents.show(incident);
  if (!shown) return out;
  for (const auto& indicator : shown->indicators)
    for (const auto& [host, at] : services.indicators.hosts_of(indicator))
      if (const auto* asset = services.damage.asset_of_host(host))
        out.push_back({asset->id, DamageState::suspected, at});
  return out;
}

/// `ASSET=STATE`, as somebody found it.
Result<DamageEvidence> evidence_from(const Services& services, const std::string& text) {
  constexpr std::string_view remedy = "ASSET=STATE, as in db-7=compromised";
  const auto equals = text.rfind('=');
  if (equals == std::string::npos)
    return std::unexpected(Error{Errc::usage, fmt::format("--asset '{:.80}': names no state", text),
                                 std::string(remedy)});
  const auto id = text.substr(0, equals);
  const auto& all = services.damage.assets();
  const bool known = std::any_of(all.begin(), all.end(), [&](const auto& a) { return a.id == id; });
  if (!known)
    return std::unexpected(Error{Errc::not_found, fmt::format("--asset: no asset '{:.80}'", id),
                                 "see `tocsin asset list`"});
  const auto state = damage_state_from(text.substr(equals + 1));
  if (!state) return within("--asset", hinted(state.error(), remedy));
  return DamageEvidence{id, *state, services.now()};
}

mesh::Task<Result<Answer>> assess(Services& services, Request request) {
  const std::string wanted = request.text("incident");
  const auto incident = services.incidents.find(wanted);
  if (!incident) co_return std::unexpected(incident.error());
  const auto circle = circle_of_incident(services, *incident);
  if (!circle) co_return std::unexpected(circle.error());
  auto evidence = evidence_of(services, *incident);
  for (const auto& text : request.texts("asset")) {
    const auto given = evidence_from(services, text);
    if (!given) co_return std::unexpected(given.error());
    evidence.push_back(*given);
  }
  const auto assessment = services.damage.assess(*incident, evidence);
  auto records = encode_impact(services.header(mesh::RecordKind::impact, circle->marking),
                               *incident, assessment.publish);
  if (!records) co_return std::unexpected(records.error());
  std::vector<mesh::Draft> drafts;
  for (auto& record : *records)
    drafts.push_back({mesh::RecordKind::impact, circle->marking, circle->audience,
                      mesh::LogClass::case_, std::move(record)});
  if (!request.flag("dry_run") && !drafts.empty()) {
    const auto published = co_await services.node->publish(std::move(drafts));
    if (!published) co_return std::unexpected(published.error());
  }
  auto document = damage_document(services.damage.show(*incident));
  document["incident"] = to_base32(*incident);
  document["affected"] = assessment.affected;
  co_return Answer{std::move(document)};
}

mesh::Task<Result<Answer>> set_repair(Services& services, Request request) {
  const std::string wanted = request.text("incident");
  const auto incident = services.incidents.find(wanted);
  if (!incident) co_return std::unexpected(incident.error());
  const auto state = damage_state_from(request.text("state"));
  if (!state) co_return std::unexpected(state.error());
  const std::string who = fmt::format("{}/{}", services.org(), request.text("as"));
  const std::string evidence = services.damage.redact(request.text("evidence"));
  const auto entry =
      services.damage.repair(*incident, request.text("asset"), *state, evidence, who);
  if (!entry) co_return std::unexpected(entry.error());
  const auto circle = circle_of_incident(services, *incident);
  if (!circle) co_return std::unexpected(circle.error());
  auto record = encode_repair(services.header(mesh::RecordKind::repair, circle->marking), *entry);
  if (!record) co_return std::unexpected(record.error());
  std::vector<mesh::Draft> drafts;
  drafts.push_back({mesh::RecordKind::repair, circle->marking, circle->audience,
                    mesh::LogClass::case_, std::move(*record)});
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return Answer{
      json::object{{"tasks", repair_document(services.damage.repairs(*incident))}}};
}

}  // namespace

void add_damage_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  const auto list = at_once([all](const Request& r) { return list_assets(*all, r); });
  api.on("asset.list", list);
  api.on("asset.show", list);
  api.on("asset.import", at_once([all](const Request& r) { return import_assets(*all, r); }));
  api.on("damage.assess", [all](Request request) { return assess(*all, std::move(request)); });
  api.on("damage.show", at_once([all](const Request& request) -> Result<Answer> {
           const auto incident = all->incidents.find(request.text("incident"));
           if (!incident) return std::unexpected(incident.error());
           auto document = damage_document(all->damage.show(*incident));
           document["incident"] = to_base32(*incident);
           document["digest"] = to_base32(all->damage.state_digest(*incident));
           return Answer{std::move(document)};
         }));
  api.on("repair.list", at_once([all](const Request& request) -> Result<Answer> {
           const auto incident = all->incidents.find(request.text("incident"));
           if (!incident) return std::unexpected(incident.error());
           return Answer{
               json::object{{"tasks", repair_document(all->damage.repairs(*incident))}}};
         }));
  api.on("repair.set", [all](Request request) { return set_repair(*all, std::move(request)); });
}

}  // namespace tocsin::agents
