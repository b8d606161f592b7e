#include "agents/agent/documents.hpp"
#include "agents/agent/verbs.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

Result<Answer> shown(Services& services, const IncidentId& incident) {
  const auto now = services.incidents.show(incident);
  if (!now) return fail(Errc::not_found, "no incident {}", to_base32(incident));
  auto document = incident_document(*now);
  json::array list;
  list.push_back(document);
  document["incidents"] = std::move(list);
  return Answer{std::move(document)};
}

/// Publishes one record about `incident` in its circle, then shows what became of it.
mesh::Task<Result<Answer>> publish_in(Services& services, Circle circle, mesh::RecordKind kind,
                                      Bytes record, IncidentId incident) {
  std::vector<mesh::Draft> drafts;
  drafts.push_back({kind, circle.marking, circle.audience, mesh::LogClass::case_,
                    std::move(record)});
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return shown(services, incident);
}

std::string who_of(Services& services, const Request& request) {
  const std::string person = request.text("as");
  return fmt::format("{}/{}", services.org(), person.empty() ? "agent" : person);
}

Result<IncidentChange> change_of(Services& services, const Request& request,
                                 IncidentOperation operation, const IncidentId& incident) {
  IncidentChange change{.incident = incident,
                        .operation = operation,
                        .who = who_of(services, request),
                        .text = {},
                        .severity = Severity::medium,
                        .other = {}};
  switch (operation) {
    case IncidentOperation::open:
    case IncidentOperation::acknowledge:
      break;
    case IncidentOperation::assign:
      change.text = request.text("name");
      break;
    case IncidentOperation::severity: {
      const auto severity = severity_from(request.text("severity"));
      if (!severity) return std::unexpected(severity.error());
      change.severity = *severity;
      break;
    }
    case IncidentOperation::merge: {
      const auto other = services.incidents.find(request.text("other"));
      if (!other) return std::unexpected(other.error());
      if (*other == incident) return fail(Errc::usage, "an incident cannot be merged into itself");
      change.other = *other;
      break;
    }
    case IncidentOperation::close:
    case IncidentOperation::reopen:
      change.text = request.text("why");
      break;
  }
  return change;
}

/// Enters the indicators that were named, and narrows the circle by each of them.
Result<Circle> circle_of_opening(Services& services, const Request& request,
                                 IncidentOpening& opening) {
  Circle circle{{mesh::Tlp::amber, mesh::Pap::green}, {}};
  const auto audience =
      mesh::audience_of(circle.marking, {}, services.org(), services.charter);
  if (!audience) return std::unexpected(audience.error());
  circle.audience = *audience;
  for (const auto& wanted : request.texts("indicator")) {
    const auto id = services.indicators.find(wanted);
    if (!id) return std::unexpected(id.error());
    const auto facts = services.indicators.facts(*id);
    if (!facts) return fail(Errc::not_found, "no indicator {}", wanted);
    opening.indicators.push_back(*id);
    circle.marking = mesh::intersect(circle.marking, facts->marking);
    circle.audience = mesh::intersect(circle.audience, facts->audience);
  }
  return circle;
}

mesh::Task<Result<Answer>> open_incident(Services& services, Request request) {
  auto title = request.required("title");
  if (!title) co_return std::unexpected(title.error());
  if (const auto fine = mesh::refuse_classified(*title); !fine)
    co_return std::unexpected(fine.error());
  IncidentOpening opening{.incident = services.world.entropy.make<IncidentId>(),
                          .aliases = {},
                          .title = *title,
                          .indicators = {},
                          .orgs = {std::string(services.org())},
                          .techniques = {},
                          .rule = {},
                          .who = who_of(services, request),
                          .opened = services.now(),
                          .last_seen = {}};
  const auto circle = circle_of_opening(services, request, opening);
  if (!circle) co_return std::unexpected(circle.error());
  std::vector<mesh::Draft> drafts;
  const auto header = services.header(mesh::RecordKind::incident, circle->marking);
  auto record = encode_incident(header, opening);
  if (!record) co_return std::unexpected(record.error());
  drafts.push_back({mesh::RecordKind::incident, circle->marking, circle->audience,
                    mesh::LogClass::case_, std::move(*record)});
  if (request.has("severity")) {
    const auto change =
        change_of(services, request, IncidentOperation::severity, opening.incident);
    if (!change) co_return std::unexpected(change.error());
    auto second = encode_incident(header, *change);
    if (!second) co_return std::unexpected(second.error());
    drafts.push_back({mesh::RecordKind::incident, circle->marking, circle->audience,
                      mesh::LogClass::case_, std::move(*second)});
  }
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return shown(services, opening.incident);
}

mesh::Task<Result<Answer>> change_incident(Services& services, Request request,
                                           IncidentOperation operation) {
  const auto incident = services.incidents.find(request.text("id"));
  if (!incident) co_return std::unexpected(incident.error());
  const auto change = change_of(services, request, operation, *incident);
  if (!change) co_return std::unexpected(change.error());
  const auto circle = circle_of_incident(services, *incident);
  if (!circle) co_return std::unexpected(circle.error());
  auto record =
      encode_incident(services.header(mesh::RecordKind::incident, circle->marking), *change);
  if (!record) co_return std::unexpected(record.error());
  auto task = publish_in(services, *circle, mesh::RecordKind::incident, std::move(*record),
                         *incident);
  co_return co_await std::move(task);
}

mesh::Task<Result<Answer>> note_incident(Services& services, Request request) {
  const auto incident = services.incidents.find(request.text("id"));
  if (!incident) co_return std::unexpected(incident.error());
  const std::string text = request.text("text");
  if (const auto fine = mesh::refuse_classified(text); !fine)
    co_return std::unexpected(fine.error());
  const auto circle = circle_of_incident(services, *incident);
  if (!circle) co_return std::unexpected(circle.error());
  const IncidentNote note{*incident, who_of(services, request), text};
  auto record = encode_incident(services.header(mesh::RecordKind::note, circle->marking), note);
  if (!record) co_return std::unexpected(record.error());
  auto task =
      publish_in(services, *circle, mesh::RecordKind::note, std::move(*record), *incident);
  co_return co_await std::move(task);
}

/// The release as the person signed it. Errors: refused, unauthenticated, invalid.
Result<IncidentRelease> signed_release(Services& services, const Request& request,
                                       const IncidentId& incident) {
  const auto body = from_base64(request.text("order"));
  const auto raw = from_base64(request.text("signature"));
  if (!body || !raw) return fail(Errc::invalid, "order and signature are base64");
  auto order = decode_release_order(*body);
  if (!order) return std::unexpected(order.error());
  const auto signature = SignatureBytes::from(*raw);
  if (!signature) return std::unexpected(signature.error());
  const std::string analyst = request.text("analyst");
  if (order->incident != incident || order->to != request.text("to") ||
      order->analyst != fmt::format("{}/{}", services.org(), analyst))
    return fail(Errc::refused, "the signed order is for another release");
  const auto person = services.node->analyst(services.org(), analyst);
  if (!person) return fail(Errc::refused, "no analyst '{}' of {}", analyst, services.org());
  if (services.node->is_revoked(person->body.id()))
    return fail(Errc::refused, "analyst '{}' is revoked", analyst);
  IncidentRelease release{std::move(*order), *signature, {}};
  if (!verify_release(release, person->body.signing, services.charter.federation))
    return fail(Errc::unauthenticated, "the release is not signed by {}", analyst);
  return release;
}

mesh::Task<Result<Answer>> release_incident(Services& services, Request request) {
  const auto incident = services.incidents.find(request.text("id"));
  if (!incident) co_return std::unexpected(incident.error());
  const std::string to = request.text("to");
  if (!services.charter.member(to))
    co_return fail(Errc::refused, "'{}' is no member of this federation", to);
  auto release = signed_release(services, request, *incident);
  if (!release) co_return std::unexpected(release.error());
  auto records = services.incidents.releasable(*incident, services.org());
  if (!records) co_return std::unexpected(records.error());
  release->records = *records;

  if (request.flag("dry_run"))
    co_return Answer{json::object{{"id", to_base32(*incident)},
                                  {"to", to},
                                  {"records", records->size()},
                                  {"dry_run", true}}};

  // The receivers of a release are named: its author's organisation and the one it goes to.
  mesh::Audience audience;
  audience.orgs = {std::string(services.org()), to};
  std::sort(audience.orgs.begin(), audience.orgs.end());
  audience.orgs.erase(std::unique(audience.orgs.begin(), audience.orgs.end()),
                      audience.orgs.end());
  const mesh::Marking marking{mesh::Tlp::amber_strict, mesh::Pap::amber};
  std::vector<mesh::Draft> drafts;
  for (const auto& id : *records) {
    const auto found = services.node->find(id);
    if (!found || !*found) continue;
    const auto view = mesh::view_record((*found)->record);
    // Only the author agent can sign its records into another scope.
    if (!view || view->header.author != services.node->author()) continue;
    drafts.push_back({view->header.kind, view->header.marking, audience,
                      mesh::LogClass::case_, (*found)->record});
  }
  auto record =
      encode_incident(services.header(mesh::RecordKind::release, marking), *release);
  if (!record) co_return std::unexpected(record.error());
  drafts.push_back({mesh::RecordKind::release, marking, audience, mesh::LogClass::case_,
                    std::move(*record)});
  const std::size_t count = drafts.size() - 1;
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return Answer{json::object{
      {"id", to_base32(*incident)}, {"to", to}, {"records", count}}};
}

}  // namespace

Result<Circle> circle_of_incident(Services& services, const IncidentId& incident) {
  const auto shown = services.incidents.show(incident);
  if (!shown) return fail(Errc::not_found, "no incident {}", to_base32(incident));
  Circle circle{{mesh::Tlp::amber, mesh::Pap::green}, {}};
  const auto audience =
      mesh::audience_of(circle.marking, {}, services.org(), services.charter);
  if (!audience) return std::unexpected(audience.error());
  circle.audience = *audience;
  for (const auto& id : shown->indicators) {
    const auto found = services.node->find(id);
    if (!found || !*found) continue;
    const auto view = mesh::view_record((*found)->record);
    if (!view) continue;
    circle.marking = mesh::intersect(circle.marking, view->header.marking);
    circle.audience = mesh::intersect(circle.audience, (*found)->audience);
  }
  return circle;
}

void add_incident_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  api.on("incident.list", at_once([all](const Request&) -> Result<Answer> {
           json::array out;
           for (const auto& incident : all->incidents.list())
             out.push_back(incident_document(incident));
           return Answer{json::object{{"incidents", std::move(out)}}};
         }));
  api.on("incident.show", at_once([all](const Request& request) -> Result<Answer> {
           const auto incident = all->incidents.find(request.text("id"));
           if (!incident) return std::unexpected(incident.error());
           return shown(*all, *incident);
         }));
  api.on("incident.timeline", at_once([all](const Request& request) -> Result<Answer> {
           const auto incident = all->incidents.find(request.text("id"));
           if (!incident) return std::unexpected(incident.error());
           return Answer{json::object{
               {"id", to_base32(*incident)},
               {"timeline", timeline_document(all->incidents.timeline(*incident))}}};
         }));
  api.on("incident.open", [all](Request r) { return open_incident(*all, std::move(r)); });
  api.on("incident.note", [all](Request r) { return note_incident(*all, std::move(r)); });
  api.on("incident.release", [all](Request r) { return release_incident(*all, std::move(r)); });
  const std::pair<const char*, IncidentOperation> changes[] = {
      {"incident.ack", IncidentOperation::acknowledge},
      {"incident.assign", IncidentOperation::assign},
      {"incident.severity", IncidentOperation::severity},
      {"incident.merge", IncidentOperation::merge},
      {"incident.close", IncidentOperation::close}};
  for (const auto& [verb, operation] : changes)
    api.on(verb, [all, op = operation](Request request) {
      return change_incident(*all, std::move(request), op);
    });
}

}  // namespace tocsin::agents
