#include "agents/agent/people.hpp"

#include "agents/agent/documents.hpp"
#include "agents/home/person.hpp"
#include "mesh/sync/archive.hpp"
#include "mesh/sync/catalogue.hpp"

namespace tocsin::agents {

Result<Answer> list_analysts(const Services& services) {
  json::array out;
  for (const auto& certificate : services.node->analysts()) {
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

mesh::Draft control_draft(mesh::RecordKind kind, Bytes record) {
  mesh::Audience everyone;
  everyone.all_members = true;
  return {kind, public_marking, std::move(everyone), mesh::LogClass::control, std::move(record)};
}

}  // namespace

mesh::Task<Result<Answer>> reload_home(Services& services) {
  std::vector<mesh::Draft> drafts;
  std::vector<Error> bad;
  const auto analysts = read_analysts(services.world.disk, services.home.open, &bad);
  if (!analysts) co_return std::unexpected(analysts.error());
  for (const auto& error : bad) services.world.log.error("home: {}", error.message);
  for (const auto& certificate : *analysts) {
    const auto known = services.node->analyst(certificate.body.org, certificate.body.name);
    if (known && known->encoded == certificate.encoded) continue;
    drafts.push_back(control_draft(
        mesh::RecordKind::certificate,
        mesh::encode_certificate_record(
            services.header(mesh::RecordKind::certificate, public_marking),
            certificate.encoded)));
  }
  const std::size_t shared = drafts.size();
  if (!drafts.empty()) {
    const auto published = co_await services.node->publish(std::move(drafts));
    if (!published) co_return std::unexpected(published.error());
  }
  co_return Answer{json::object{{"certificates", shared}}};
}

Result<Answer> verify_audit(const Services& services) {
  const auto audit = mesh::verify_archive(services.store, services.charter);
  if (!audit) return std::unexpected(audit.error());
  return Answer{json::object{{"entries", audit->entries},
                             {"ok", audit->ok},
                             {"first_bad", audit->first_bad.empty()
                                               ? json::value(nullptr)
                                               : json::value(audit->first_bad)}}};
}

}  // namespace tocsin::agents
