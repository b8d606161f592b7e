#include "agents/agent/people.hpp"

#include <limits>

#include "agents/agent/charter_flow.hpp"
#include "agents/agent/documents.hpp"
#include "agents/home/person.hpp"
#include "mesh/sync/archive.hpp"
#include "mesh/sync/catalogue.hpp"

namespace tocsin::agents {

namespace {

std::vector<crypto::Certificate> keys_of(const Services& services, std::string_view name) {
  std::map<AgentId, crypto::Certificate> out;
  for (const auto& certificate : services.node->analyst_certificates(services.org(), name))
    if (!services.node->is_revoked(certificate.body.id()))
      out.insert_or_assign(certificate.body.id(), certificate);
  std::vector<crypto::Certificate> all;
  for (auto& [id, certificate] : out) all.push_back(std::move(certificate));
  return all;
}

}  // namespace

Result<Answer> list_analysts(const Services& services, const Request& request) {
  json::array out;
  const auto name = request.text("name");
  for (const auto& certificate :
       name.empty() ? services.node->analysts() : keys_of(services, name)) {
    const auto& body = certificate.body;
    json::array roles;
    for (const auto role : {crypto::AnalystRole::analyst, crypto::AnalystRole::approver,
                            crypto::AnalystRole::drill_director, crypto::AnalystRole::auditor,
                            crypto::AnalystRole::admin})
      if (body.has(role)) roles.emplace_back(crypto::name_of(role));
    const bool revoked = services.node->is_revoked(body.id());
    out.push_back({{"org", body.org},
                   {"name", body.name},
                   {"roles", std::move(roles)},
                   {"state", revoked ? "revoked" : "active"},
                   {"certificate", to_base64(certificate.encoded)}});
  }
  return Answer{json::object{{"analysts", std::move(out)}}};
}

Result<crypto::Certificate> own_analyst(const Services& services, std::string_view name) {
  const auto found = services.node->analyst(services.org(), name);
  if (!found) return fail(Errc::refused, "no analyst '{}' of {}", name, services.org());
  if (services.node->is_revoked(found->body.id()))
    return fail(Errc::refused, "analyst '{}' is revoked", name);
  return *found;
}

Result<SignedOrder> checked_order(Services& services, const Request& request,
                                  const std::map<std::string, std::string>& arguments) {
  const auto body = from_base64(request.text("order"));
  const auto raw = from_base64(request.text("signature"));
  if (!body || body->empty() || !raw)
    return Result<SignedOrder>(
        fail(Errc::refused, "{} needs the signature of a person: add --as NAME", request.verb));
  const auto signature = SignatureBytes::from(*raw);
  if (!signature) return std::unexpected(signature.error());
  const auto person = own_analyst(services, request.text("analyst"));
  if (!person) return std::unexpected(person.error());
  const auto order = check_order(*body, *signature,
                                 {.certificate = *person,
                                  .federation = services.charter.federation,
                                  .verb = request.verb,
                                  .arguments = arguments,
                                  .now = services.now()});
  if (!order) return std::unexpected(order.error());
  auto& nonces = services.order_nonces;
  std::erase_if(nonces, [&](const auto& seen) {
    return seen.second + Order::life * 2 < services.now();
  });
  if (!nonces.emplace(order->nonce, services.now()).second)
    return fail(Errc::refused, "this order was given before");
  return SignedOrder{*body, *signature};
}

namespace {

constexpr std::size_t revocation_bytes_max = mesh::record_bytes_max;

mesh::Draft control_draft(mesh::RecordKind kind, mesh::Marking marking, Bytes record) {
  mesh::Audience everyone;
  everyone.all_members = true;
  return {kind, marking, std::move(everyone), mesh::LogClass::control, std::move(record)};
}

/// A revocation that this organisation's root signed.
Result<mesh::Revocation> own_revocation(const Services& services, ByteView record) {
  const auto view = mesh::view_record(record);
  if (!view) return std::unexpected(view.error());
  if (view->header.kind != mesh::RecordKind::revocation)
    return fail(Errc::invalid, "this is no revocation");
  auto revocation = mesh::check_revocation(*view, services.charter);
  if (!revocation) return revocation;
  if (revocation->org != services.org())
    return fail(Errc::refused, "a revocation by {}: {} shares its own only", revocation->org,
                services.org());
  return revocation;
}

/// In this agent's own record, whichever agent it was first made for.
mesh::Draft revocation_draft(const Services& services, const mesh::Revocation& revocation) {
  const mesh::Marking marking{mesh::Tlp::green, mesh::Pap::green};
  auto header = services.header(mesh::RecordKind::revocation, marking);
  header.created = revocation.time;
  return control_draft(header.kind, marking, mesh::encode_revocation(header, revocation));
}

/// What lies in HOME/revocations and the mesh does not know; `bad` keeps the first fault.
void add_revocations(const Services& services, std::vector<mesh::Draft>& drafts,
                     Result<void>& bad) {
  auto& disk = services.world.disk;
  const auto folder = services.home.open.at.revocations();
  if (!disk.exists(folder)) return;
  const auto names = disk.list(folder);
  if (!names) {
    bad = std::unexpected(names.error());
    return;
  }
  for (const auto& name : *names) {
    if (!name.ends_with(".record")) continue;
    const auto record = disk.read(folder / name, revocation_bytes_max);
    const auto revocation = record ? own_revocation(services, *record)
                                   : std::unexpected(record.error());
    if (!revocation && bad) bad = within((folder / name).string(), revocation.error());
    if (revocation && services.node->is_news(*revocation))
      drafts.push_back(revocation_draft(services, *revocation));
  }
}

Result<void> add_certificates(const Services& services, std::vector<mesh::Draft>& drafts) {
  std::vector<Error> unreadable;
  const auto analysts = read_analysts(services.world.disk, services.home.open, &unreadable);
  if (!analysts) return std::unexpected(analysts.error());
  for (const auto& error : unreadable) services.world.log.error("home: {}", error.message);
  for (const auto& certificate : *analysts) {
    const auto known =
        services.node->analyst_certificates(certificate.body.org, certificate.body.name);
    if (std::ranges::find(known, certificate.encoded, &crypto::Certificate::encoded) != known.end())
      continue;
    drafts.push_back(control_draft(
        mesh::RecordKind::certificate, public_marking,
        mesh::encode_certificate_record(
            services.header(mesh::RecordKind::certificate, public_marking),
            certificate.encoded)));
  }
  return {};
}

json::array logs_document(const std::vector<mesh::LastGood>& logs) {
  json::array out;
  for (const auto& each : logs)
    out.push_back(json::object{{"log", to_base32(mesh::encode_log_key(each.log))},
                               {"name", mesh::short_name(each.log)},
                               {"sequence", each.sequence},
                               {"id", to_base32(each.id)}});
  return out;
}

}  // namespace

mesh::Task<Result<Answer>> reload_home(Services& services) {
  const auto charter = reload_charter(services);
  std::vector<mesh::Draft> drafts;
  auto bad = add_certificates(services, drafts);
  if (!charter && bad) bad = std::unexpected(charter.error());
  const std::size_t certificates = drafts.size();
  add_revocations(services, drafts, bad);
  const std::size_t revocations = drafts.size() - certificates;
  if (!drafts.empty()) {
    const auto published = co_await services.node->publish(std::move(drafts));
    if (!published) co_return std::unexpected(published.error());
  }
  if (!bad) co_return std::unexpected(bad.error());
  co_return Answer{json::object{{"certificates", certificates}, {"revocations", revocations}}};
}

Result<Answer> list_heads(const Services& services, const Request& request) {
  if (request.has("org"))  // Of a member that is to leave: all that its agents signed.
    return Answer{json::object{
        {"logs", logs_document(services.node->heads_of_org(request.text("org")))}}};
  const auto name = request.required("agent");
  if (!name) return std::unexpected(name.error());
  const auto agent = services.node->agent_named(services.org(), *name);
  if (!agent) return fail(Errc::not_found, "{} has no agent {}", services.org(), *name);
  auto logs = services.node->heads_of(*agent);
  if (!request.has("log")) return Answer{json::object{{"logs", logs_document(logs)}}};

  const auto wanted = request.text("log");
  const auto sequence = request.number("sequence", 0, std::numeric_limits<std::int64_t>::max());
  if (!sequence) return std::unexpected(sequence.error());
  std::erase_if(logs, [&](const mesh::LastGood& each) {
    return mesh::short_name(each.log) != wanted &&
           to_base32(mesh::encode_log_key(each.log)) != wanted;
  });
  if (logs.empty())
    return std::unexpected(Error{Errc::not_found, fmt::format("{} has no log {}", *name, wanted),
                                 "leave --last-good out to see its logs"});
  const auto batch = services.store.batch(logs.front().log, *sequence);
  if (!batch) return std::unexpected(batch.error());
  if (!*batch)
    return fail(Errc::not_found, "log {} has no batch {} here, its last is {}", wanted, *sequence,
                logs.front().sequence);
  logs.front().sequence = *sequence;
  logs.front().id = crypto::blake2b(
      ByteView(*(*batch)->encoded).first(mesh::batch_header_bytes));
  return Answer{json::object{{"logs", logs_document(logs)}}};
}

mesh::Task<Result<Answer>> revoke(Services& services, Request request) {
  const auto record = from_base64(request.text("record"));
  if (!record || record->empty()) co_return fail(Errc::usage, "record: no base64");
  const auto revocation = own_revocation(services, *record);
  if (!revocation) co_return std::unexpected(revocation.error());
  if (!services.node->is_news(*revocation))
    co_return fail(Errc::duplicate, "{} is revoked already, with last good batches no later than "
                   "these", to_base32(revocation->agent));
  std::vector<mesh::Draft> drafts;
  drafts.push_back(revocation_draft(services, *revocation));
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  services.world.log.warn("revoked: {} ({})", to_base32(revocation->agent), revocation->reason);
  co_return Answer{json::object{{"agent", to_base32(revocation->agent)},
                                {"last_good", logs_document(revocation->last_good)}}};
}

Result<Answer> verify_audit(const Services& services) {
  // What was witnessed a moment ago may have come here ahead of the log itself.
  constexpr Duration on_its_way = std::chrono::minutes(10);
  const auto audit = mesh::verify_archive(services.store, services.charter,
                                          {services.witnesses, services.now() - on_its_way});
  if (!audit) return std::unexpected(audit.error());
  return Answer{json::object{{"entries", audit->entries},
                             {"witnessed", audit->witnessed},
                             {"dropped", audit->dropped},
                             {"ok", audit->ok},
                             {"first_bad", audit->first_bad.empty()
                                               ? json::value(nullptr)
                                               : json::value(audit->first_bad)}},
                audit->ok ? 0 : 1};
}

}  // namespace tocsin::agents
