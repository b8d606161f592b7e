// Records of incidents for tests.
#pragma once

#include "playbooks/incidents/incident_book.hpp"

namespace tocsin::tests {

using namespace tocsin::playbooks;

inline IncidentId incident_id(std::uint8_t n) {
  IncidentId out;
  out.data.fill(n);
  return out;
}

inline mesh::RecordHeader header_at(std::int64_t ms) {
  mesh::RecordHeader out;
  out.marking = {mesh::Tlp::amber, mesh::Pap::green};
  out.created = {ms};
  out.author = 7;
  return out;
}

inline IncidentOpening opening_of(std::uint8_t n, std::int64_t ms) {
  IncidentOpening out;
  out.incident = incident_id(n);
  out.title = "incident " + std::to_string(n);
  out.indicators = {crypto::blake2b(bytes_of("indicator"))};
  out.orgs = {"bleu", "delos"};
  out.rule = "same-indicator";
  out.opened = out.last_seen = {ms};
  return out;
}

inline IncidentChange change_of(std::uint8_t n, IncidentOperation operation) {
  IncidentChange out;
  out.incident = incident_id(n);
  out.operation = operation;
  out.who = "delos/anna";
  return out;
}

/// A record with the organisation whose log it is in.
struct Sent {
  Bytes bytes;
  std::string org;
};

template <typename What>
Sent sent(std::int64_t ms, const What& what, std::string org = "delos") {
  auto header = header_at(ms);
  header.author = org.size();  // Organisations never write the same record.
  auto bytes = encode_incident(header, what);
  TOCSIN_ASSERT(bytes.has_value());
  return {std::move(*bytes), std::move(org)};
}

inline bool give(IncidentBook& book, const Sent& record) {
  const auto view = mesh::view_record(record.bytes);
  TOCSIN_ASSERT(view.has_value());
  const auto taken = book.take(*view, record.org);
  TOCSIN_ASSERT(taken.has_value());
  return *taken;
}

}  // namespace tocsin::tests
