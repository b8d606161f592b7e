// Assets and damage records for tests.
#pragma once

#include "playbooks/damage/damage_book.hpp"

namespace tocsin::tests {

using namespace tocsin::playbooks;

inline IncidentId damage_incident(std::uint8_t n = 1) {
  IncidentId out;
  out.data.fill(n);
  return out;
}

inline mesh::RecordHeader damage_header(std::int64_t ms) {
  mesh::RecordHeader out;
  out.marking = {mesh::Tlp::amber, mesh::Pap::green};
  out.created = {ms};
  out.author = 7;
  return out;
}

inline Asset asset_of(std::string id, std::vector<std::string> depends_on = {},
                      Criticality criticality = Criticality::medium) {
  Asset out;
  out.id = std::move(id);
  out.depends_on = std::move(depends_on);
  out.criticality = criticality;
  return out;
}

inline bool give(DamageBook& book, const Bytes& record, std::string_view org) {
  const auto taken = book.take(mesh::view_record(record).value(), org);
  TOCSIN_ASSERT(taken.has_value());
  return *taken;
}

/// What `org` publishes now, as records.
inline std::vector<Bytes> publish(const DamageBook& book, std::int64_t ms,
                                  std::vector<DamageEvidence> evidence = {}) {
  const auto assessment = book.assess(damage_incident(), evidence);
  return encode_impact(damage_header(ms), damage_incident(), assessment.publish).value();
}

}  // namespace tocsin::tests
