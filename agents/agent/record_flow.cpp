#include "agents/agent/record_flow.hpp"

#include "agents/agent/charter_flow.hpp"
#include "agents/agent/run_driver.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

using mesh::RecordKind;
using namespace playbooks;

namespace {

/// More live indicators than this in one batch are told to watchers as a count.
constexpr std::size_t live_lines_max = 16;

}  // namespace

void RecordFlow::on_verified(const mesh::Delivered& batch) {
  services_.indicators.take(batch);
  if (!batch.replay) tell_watchers(batch);
}

void RecordFlow::on_durable(const mesh::Delivered& batch) {
  // Its author signed two batches for one place: what it says may alert, and sets nothing going,
  // until it is settled which of them counts. Then it is delivered again.
  if (batch.frozen) return;
  for (const auto& record : batch.records) durable(batch, record);
}

// As if its author had retracted it: what was derived from it is undone.
void RecordFlow::on_withdrawn(const mesh::Delivered& batch) {
  for (const auto& id : services_.indicators.quarantine(batch)) {
    services_.sightings.forget(id);
    if (services_.node)
      services_.driver->perform(services_.runs->on_retraction(id, id, services_.now()));
    else
      services_.runs->withdraw(id);
  }
}

void RecordFlow::on_charter(const crypto::Charter& charter) { keep_charter(services_, charter); }

void RecordFlow::tell_watchers(const mesh::Delivered& batch) {
  const bool condensed = (!batch.live && !batch.own) || batch.records.size() > live_lines_max;
  if (condensed) {
    services_.watch.add("batch", batch.org, {{"count", batch.records.size()},
                                             {"agent", batch.agent}});
    return;
  }
  for (const auto& record : batch.records) {
    json::object line{{"id", to_base32(record.id())},
                      {"tlp", mesh::name_of(record.header.marking.tlp)}};
    if (record.header.kind == RecordKind::indicator) {
      const auto key = mesh::indicator_key(record);
      line["value"] = key.value;
      line["type"] = mesh::name_of(key.type);
    } else if (record.header.kind == RecordKind::sighting) {
      if (const auto sighting = view_sighting(record)) {
        line["indicator"] = to_base32(sighting->indicator);
        line["value"] = services_.indicators.value_of(sighting->indicator);
        line["count"] = sighting->count;
      }
    }
    services_.watch.add(mesh::name_of(record.header.kind), batch.org, std::move(line));
  }
}

void RecordFlow::durable(const mesh::Delivered& batch, const mesh::RecordView& record) {
  switch (record.header.kind) {
    case RecordKind::indicator: return on_indicator(record, batch);
    case RecordKind::sighting: return on_sighting(record, batch);
    case RecordKind::retraction: return on_retraction(record, batch);
    case RecordKind::receipt: return services_.indicators.take_receipt(record, batch.org);
    case RecordKind::dispute: return services_.indicators.take_dispute(record, batch.org);
    case RecordKind::incident:
    case RecordKind::note:
    case RecordKind::release: return on_case_record(record, batch);
    case RecordKind::playbook:
    case RecordKind::run_event:
    case RecordKind::approval:
    case RecordKind::effect: return on_run_record(record, batch);
    case RecordKind::witness: return on_witness(record, batch);
    case RecordKind::impact:
    case RecordKind::repair: return on_damage_record(record, batch);
    // The node itself lives from these.
    case RecordKind::certificate:
    case RecordKind::revocation:
    case RecordKind::scope_key:
    case RecordKind::trust:
    case RecordKind::forks:
    case RecordKind::scope_wrap:
    case RecordKind::checkpoint: return;
    // Sealed to persons: kept for `ioc show`, never looked into.
    case RecordKind::sealed_note: return;
    // Kept and forwarded for members that know what to do with them.
    case RecordKind::aid:
    case RecordKind::transfer:
    case RecordKind::report:
    case RecordKind::drill: return;
  }
}

void RecordFlow::on_indicator(const mesh::RecordView& record, const mesh::Delivered& batch) {
  if (!services_.runs->heeds_indicators()) return;
  const auto facts = services_.indicators.facts_of(record, batch.audience);
  if (!facts || facts->retracted) return;
  services_.driver->perform(services_.runs->on_indicator(*facts, services_.now()));
}

bool RecordFlow::is_operator(std::string_view org) const {
  const auto* member = services_.charter.member(org);
  return member && member->role == crypto::OrgRole::operator_;
}

// What nobody saw for two windows can be part of no new joint incident.
void RecordFlow::forget_circles(WallTime now) {
  const auto window = playbooks::JointRule{}.window;
  std::erase_if(services_.joint_audience,
                [&](const auto& each) { return each.second.last + window * 2 < now; });
}

void RecordFlow::on_sighting(const mesh::RecordView& record, const mesh::Delivered& batch) {
  const auto sighting = view_sighting(record);
  if (!sighting) return faulty(record, batch, sighting.error());
  if (!services_.sightings.merge(*sighting, batch.org, record.id())) return;
  if (!is_operator(batch.org)) return;
  // Who may see all sightings of a value must be known before an incident is made of them.
  auto& circles = services_.joint_audience;
  if (circles.size() >= Services::joint_audiences_max && !circles.contains(sighting->value_key))
    forget_circles(record.header.created);
  if (circles.size() >= Services::joint_audiences_max && !circles.contains(sighting->value_key))
    return faulty(record, batch,
                  Error{Errc::full, fmt::format("sightings of {} values are held already",
                                                Services::joint_audiences_max)});
  const auto made = record.header.created;
  auto [circle, first] = circles.try_emplace(sighting->value_key,
                                             Services::JointCircle{batch.audience, made});
  if (!first) circle->second.audience = mesh::intersect(circle->second.audience, batch.audience);
  circle->second.last = std::max(circle->second.last, made);
  const auto found = services_.joint.add(
      {std::string(batch.org), *sighting, record.header.marking});
  if (found) on_joint(*found, batch);
}

std::string RecordFlow::title_of(const JointIncident& found) const {
  const std::string what =
      found.indicators.empty() ? found.rule
                               : services_.indicators.value_of(found.indicators.front());
  std::string where;
  for (const auto& org : found.orgs) where += (where.empty() ? "" : ", ") + org;
  return fmt::format("{} seen at {}", what.empty() ? "the same indicator" : what, where);
}

void RecordFlow::on_joint(const JointIncident& found, const mesh::Delivered& batch) {
  IncidentOpening opening{.incident = found.id,
                          .aliases = found.aliases,
                          .title = title_of(found),
                          .indicators = found.indicators,
                          .orgs = found.orgs,
                          .techniques = {},
                          .rule = found.rule,
                          .who = {},
                          .opened = found.first_seen,
                          .last_seen = found.last_seen};
  if (!found.technique.empty()) opening.techniques = {found.technique};
  const bool known = services_.incidents.show(found.id).has_value();
  const auto wanted = services_.incidents.observe(opening, services_.org());
  if (!wanted) {
    services_.world.log.warn("joint incident {}: {}", to_base32(found.id),
                             wanted.error().message);
    return;
  }
  if (batch.replay) {
    replayed_[found.id] = found;
    return;
  }
  open(found, opening, !known, *wanted);
}

void RecordFlow::open(const JointIncident& found, const IncidentOpening& opening, bool fresh,
                      bool wanted) {
  if (fresh)
    services_.watch.add("incident", services_.org(),
                        {{"id", to_base32(found.id)}, {"text", opening.title}});
  if (wanted && is_operator(services_.org())) publish_opening(found, opening);
  std::vector<IndicatorFacts> facts;
  for (const auto& id : found.indicators)
    if (auto one = services_.indicators.facts(id)) facts.push_back(std::move(*one));
  services_.driver->perform(
      services_.runs->on_incident(to_base32(found.id), facts, services_.now()));
}

void RecordFlow::publish_openings() {
  for (auto& opening : services_.incidents.unpublished(services_.org())) {
    const auto found = replayed_.find(opening.incident);
    if (found == replayed_.end()) continue;
    const auto known = services_.incidents.show(opening.incident);
    if (known && known->state == IncidentState::closed) continue;
    opening.title = title_of(found->second);  // While replaying, no value could be looked up.
    open(found->second, opening, true, true);
  }
  replayed_.clear();
}

/// An incident is seen by the operators who may see every sighting behind it.
void RecordFlow::publish_opening(const JointIncident& found, const IncidentOpening& opening) {
  const mesh::Marking operators{mesh::Tlp::amber, mesh::Pap::green};
  const auto audience = mesh::audience_of(operators, {}, services_.org(), services_.charter);
  if (!audience) return;
  const auto marking = mesh::intersect(found.marking, operators);
  auto record = encode_incident(services_.header(RecordKind::incident, marking), opening);
  if (!record) {
    services_.world.log.error("joint incident: {}", record.error().message);
    return;
  }
  const auto circle = services_.joint_audience.find(found.key);
  std::vector<mesh::Draft> drafts;
  drafts.push_back({RecordKind::incident, marking,
                    circle == services_.joint_audience.end()
                        ? *audience
                        : mesh::intersect(*audience, circle->second.audience),
                    mesh::LogClass::urgent, std::move(*record)});
  services_.share(std::move(drafts));
}

void RecordFlow::on_retraction(const mesh::RecordView& record, const mesh::Delivered& batch) {
  const auto target = services_.indicators.retract(record, batch);
  if (!target) return;
  services_.sightings.forget(*target);
  if (batch.replay) return services_.runs->withdraw(*target);
  std::vector<std::string> undone;
  for (const auto& effect : services_.runs->effects(true))
    if (effect.indicator == *target && effect.org == services_.org())
      undone.push_back(fmt::format("{}:{}", effect.actuator, effect.target.value));
  services_.driver->perform(services_.runs->on_retraction(*target, record.id(), services_.now()));
  const auto held = services_.node->find(*target);
  confirm(*target, record.id(), std::move(undone), held && held->has_value());
}

void RecordFlow::confirm_retractions() {
  for (const auto& target : services_.indicators.ledger().unconfirmed(services_.org())) {
    const auto* reason = services_.indicators.ledger().reason(target);
    if (!reason) continue;
    services_.driver->perform(
        services_.runs->on_retraction(target, reason->record, services_.now()));
    confirm(target, reason->record, {}, true);
  }
}

/// The receipt goes where the indicator went.
void RecordFlow::confirm(const Digest& target, const Digest& retraction,
                         std::vector<std::string> undone, bool held) {
  const auto found = services_.node->find(retraction);
  if (!found || !*found) return;
  const auto view = mesh::view_record((*found)->record);
  if (!view) return;
  const auto marking = view->header.marking;
  std::vector<mesh::Draft> drafts;
  drafts.push_back({RecordKind::receipt, marking, (*found)->audience, mesh::LogClass::urgent,
                    mesh::encode_receipt(services_.header(RecordKind::receipt, marking),
                                         {retraction, target, held, std::move(undone)})});
  services_.share(std::move(drafts));
}

void RecordFlow::on_case_record(const mesh::RecordView& record, const mesh::Delivered& batch) {
  const auto taken = services_.incidents.take(record, batch.org);
  if (!taken) faulty(record, batch, taken.error());
}

void RecordFlow::on_damage_record(const mesh::RecordView& record, const mesh::Delivered& batch) {
  const auto taken = services_.damage.take(record, batch.org);
  if (!taken) faulty(record, batch, taken.error());
}

void RecordFlow::on_witness(const mesh::RecordView& record, const mesh::Delivered& batch) {
  const auto heads = mesh::view_witness(record);
  if (!heads) return faulty(record, batch, heads.error());
  for (const auto& head : *heads)
    services_.witnesses.add(
        {std::string(batch.org), head, record.header.created, record.id()});
}

void RecordFlow::on_run_record(const mesh::RecordView& record, const mesh::Delivered& batch) {
  services_.driver->perform(services_.runs->on_record(
      record, batch.org, batch.header.log.agent, batch.audience, true, services_.now()));
  if (record.header.kind != RecordKind::run_event) return;
  const auto fields = mesh::FieldReader::make(record);
  if (!fields || code_of(*fields) != EventCode::started) return;
  const auto start = decode_start(record, batch.header.log.agent);
  if (!start) return;
  const auto incident = services_.incidents.find(start->incident);
  if (incident) {
    const auto tied = services_.incidents.add_run(*incident, start->run);
    if (!tied) faulty(record, batch, tied.error());
  }
}

void RecordFlow::faulty(const mesh::RecordView& record, const mesh::Delivered& batch,
                        const Error& error) {
  services_.world.log.warn("record {} of {}: {}", to_base32(record.id()), batch.org,
                           error.message);
}

}  // namespace tocsin::agents
