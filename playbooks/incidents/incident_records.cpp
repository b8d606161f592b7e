#include "playbooks/incidents/incident_records.hpp"

namespace tocsin::playbooks {

namespace {

using mesh::RecordKind;

/// Field tags; docs/wire-format.md. Never renumber.
enum Tag : std::uint8_t {
  tag_incident = 1, tag_operation = 2, tag_who = 3, tag_text = 4, tag_alias = 5, tag_indicator = 6,
  tag_org = 7, tag_technique = 8, tag_rule = 9, tag_opened = 10, tag_last_seen = 11,
  tag_severity = 12, tag_other = 13, tag_order = 14, tag_signature = 15, tag_record = 16,
};

constexpr std::string_view order_verb = "incident.release";
constexpr std::size_t name_bytes_max = 66;  // "org/analyst"

Result<void> check_text(std::string_view what, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return fail(Errc::too_large, "incident: {} of {} bytes, limit {}", what, text.size(), bytes_max);
  if (!mesh::is_clean_text(bytes_of(text), mesh::LineBreaks::allowed))
    return fail(Errc::invalid, "incident: {} is not clean UTF-8 text", what);
  return {};
}

Result<void> check_count(std::string_view what, std::size_t count) {
  if (count > incident_list_max)
    return fail(Errc::too_large, "incident: {} {}, limit {}", count, what, incident_list_max);
  return {};
}

Result<void> check(const IncidentOpening& opening) {
  if (opening.title.empty()) return fail(Errc::invalid, "incident: an opening needs a title");
  for (const auto& [what, count] : {std::pair{"aliases", opening.aliases.size()},
                                    std::pair{"indicators", opening.indicators.size()},
                                    std::pair{"organisations", opening.orgs.size()},
                                    std::pair{"techniques", opening.techniques.size()}})
    if (auto ok = check_count(what, count); !ok) return ok;
  if (auto ok = check_text("title", opening.title, incident_title_bytes_max); !ok) return ok;
  if (auto ok = check_text("rule", opening.rule, name_bytes_max); !ok) return ok;
  for (const auto& list : {opening.orgs, opening.techniques})
    for (const auto& name : list)
      if (auto ok = check_text("name", name, name_bytes_max); !ok) return ok;
  return check_text("author", opening.who, name_bytes_max);
}

Result<void> check(const IncidentChange& change) {
  if (auto ok = check_text("author", change.who, name_bytes_max); !ok) return ok;
  switch (change.operation) {
    case IncidentOperation::open:
      return fail(Errc::invalid, "incident: opening is not a change");
    case IncidentOperation::assign:
      return check_text("assignee", change.text, name_bytes_max);
    case IncidentOperation::severity:
      if (name_of(change.severity).empty()) return fail(Errc::invalid, "incident: no severity");
      return {};
    case IncidentOperation::merge:
      if (change.other == change.incident)
        return fail(Errc::invalid, "incident: nothing merges with itself");
      return {};
    case IncidentOperation::acknowledge:
    case IncidentOperation::close:
    case IncidentOperation::reopen:
      return check_text("text", change.text, incident_text_bytes_max);
  }
  return fail(Errc::invalid, "incident: unknown operation {}", int(change.operation));
}

Result<void> check(const IncidentNote& note) {
  if (note.text.empty()) return fail(Errc::invalid, "incident: an empty note");
  if (auto ok = check_text("author", note.who, name_bytes_max); !ok) return ok;
  return check_text("note", note.text, incident_text_bytes_max);
}

Result<void> check(const IncidentRelease& release) {
  if (release.records.size() > incident_released_max)
    return fail(Errc::too_large, "release: {} records, limit {}", release.records.size(),
                incident_released_max);
  if (release.order.to.empty()) return fail(Errc::invalid, "release: to nobody");
  if (auto ok = check_text("organisation", release.order.to, name_bytes_max); !ok) return ok;
  return check_text("analyst", release.order.analyst, name_bytes_max);
}

Result<IncidentOpening> read_opening(const mesh::FieldReader& fields) {
  IncidentOpening out;
  out.incident = fields.fixed<IncidentId>(tag_incident);
  out.who = fields.text(tag_who);
  out.title = fields.text(tag_text);
  out.rule = fields.text(tag_rule);
  out.opened = {std::int64_t(fields.number(tag_opened))};
  out.last_seen = {std::int64_t(fields.number(tag_last_seen))};
  for (const auto& bytes : fields.all(tag_alias)) {
    const auto id = IncidentId::from(bytes);
    if (!id) return within("incident: alias", id.error());
    out.aliases.push_back(*id);
  }
  for (const auto& bytes : fields.all(tag_indicator)) {
    const auto id = Digest::from(bytes);
    if (!id) return within("incident: indicator", id.error());
    out.indicators.push_back(*id);
  }
  for (const auto& bytes : fields.all(tag_org)) out.orgs.emplace_back(text_of(bytes));
  for (const auto& bytes : fields.all(tag_technique)) out.techniques.emplace_back(text_of(bytes));
  if (auto ok = check(out); !ok) return std::unexpected(ok.error());
  return out;
}

Result<IncidentChange> read_change(const mesh::FieldReader& fields) {
  IncidentChange out;
  out.incident = fields.fixed<IncidentId>(tag_incident);
  out.operation = IncidentOperation(fields.number(tag_operation));
  out.who = fields.text(tag_who);
  out.text = fields.text(tag_text);
  out.severity = Severity(fields.number(tag_severity));
  if (out.operation == IncidentOperation::merge) {
    const auto other = IncidentId::from(fields.bytes(tag_other));
    if (!other) return within("incident: merge", other.error());
    out.other = *other;
  }
  if (auto ok = check(out); !ok) return std::unexpected(ok.error());
  return out;
}

Result<IncidentRelease> read_release(const mesh::FieldReader& fields) {
  auto order = decode_release_order(fields.bytes(tag_order));
  if (!order) return std::unexpected(order.error());
  const auto signature = SignatureBytes::from(fields.bytes(tag_signature));
  if (!signature) return within("release: signature", signature.error());
  IncidentRelease out{std::move(*order), *signature, {}};
  if (out.order.incident != fields.fixed<IncidentId>(tag_incident))
    return fail(Errc::invalid, "release: the order is for another incident");
  for (const auto& bytes : fields.all(tag_record)) {
    const auto id = Digest::from(bytes);
    if (!id) return within("release: record", id.error());
    out.records.push_back(*id);
  }
  if (auto ok = check(out); !ok) return std::unexpected(ok.error());
  return out;
}

/// The finished record, unless it grew beyond the wire's bound.
Result<Bytes> finish(mesh::FieldWriter&& writer) {
  auto out = std::move(writer).take();
  if (out.size() > mesh::record_bytes_max)
    return fail(Errc::too_large, "incident: a record of {} bytes", out.size());
  return out;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::low: return "low";
    case Severity::medium: return "medium";
    case Severity::high: return "high";
    case Severity::critical: return "critical";
  }
  return {};  // A number from the wire that is none of them.
}

Result<Severity> severity_from(std::string_view name) {
  for (const auto severity :
       {Severity::low, Severity::medium, Severity::high, Severity::critical})
    if (name_of(severity) == name) return severity;
  return fail(Errc::invalid, "unknown severity '{}': low, medium, high or critical",
              name.substr(0, 64));
}

Bytes encode_release_order(const ReleaseOrder& order) {
  ByteWriter out;
  out.text8(order_verb);
  out.fixed(order.incident);
  out.text8(order.to);
  out.text8(order.analyst);
  out.u64(std::uint64_t(order.created.ms));
  return std::move(out).take();
}

Result<ReleaseOrder> decode_release_order(ByteView body) {
  ByteReader in(body);
  if (in.text8() != order_verb) return fail(Errc::invalid, "release: not an order to release");
  ReleaseOrder out;
  out.incident = in.fixed<IncidentId>();
  out.to = in.text8();
  out.analyst = in.text8();
  out.created = {std::int64_t(in.u64())};
  if (!in.done()) return fail(Errc::invalid, "release: an order of the wrong length");
  return out;
}

IncidentRelease sign_release(ReleaseOrder order, const crypto::SigningKey& key,
                             const FederationId& federation) {
  IncidentRelease out{std::move(order), {}, {}};
  out.signature = key.sign(crypto::Label::order, federation, encode_release_order(out.order));
  return out;
}

bool verify_release(const IncidentRelease& release, const PublicKey& key,
                    const FederationId& federation) {
  return crypto::verify(crypto::Label::order, federation, encode_release_order(release.order), key,
                        release.signature);
}

Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentOpening& opening) {
  if (auto ok = check(opening); !ok) return std::unexpected(ok.error());
  header.kind = RecordKind::incident;
  mesh::FieldWriter out(header);
  out.fixed(tag_incident, opening.incident)
      .number(tag_operation, std::uint64_t(IncidentOperation::open))
      .text(tag_who, opening.who)
      .text(tag_text, opening.title);
  for (const auto& alias : opening.aliases) out.fixed(tag_alias, alias);
  for (const auto& indicator : opening.indicators) out.fixed(tag_indicator, indicator);
  for (const auto& org : opening.orgs) out.text(tag_org, org);
  for (const auto& technique : opening.techniques) out.text(tag_technique, technique);
  out.text(tag_rule, opening.rule)
      .number(tag_opened, std::uint64_t(opening.opened.ms))
      .number(tag_last_seen, std::uint64_t(opening.last_seen.ms));
  return finish(std::move(out));
}

Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentChange& change) {
  if (auto ok = check(change); !ok) return std::unexpected(ok.error());
  header.kind = RecordKind::incident;
  mesh::FieldWriter out(header);
  out.fixed(tag_incident, change.incident)
      .number(tag_operation, std::uint64_t(change.operation))
      .text(tag_who, change.who)
      .text(tag_text, change.text);
  if (change.operation == IncidentOperation::severity)
    out.number(tag_severity, std::uint64_t(change.severity));
  if (change.operation == IncidentOperation::merge) out.fixed(tag_other, change.other);
  return finish(std::move(out));
}

Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentNote& note) {
  if (auto ok = check(note); !ok) return std::unexpected(ok.error());
  header.kind = RecordKind::note;
  mesh::FieldWriter out(header);
  out.fixed(tag_incident, note.incident).text(tag_who, note.who).text(tag_text, note.text);
  return finish(std::move(out));
}

Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentRelease& release) {
  if (auto ok = check(release); !ok) return std::unexpected(ok.error());
  header.kind = RecordKind::release;
  mesh::FieldWriter out(header);
  out.fixed(tag_incident, release.order.incident)
      .bytes(tag_order, encode_release_order(release.order))
      .fixed(tag_signature, release.signature);
  for (const auto& record : release.records) out.fixed(tag_record, record);
  return finish(std::move(out));
}

const IncidentId& IncidentRecord::incident() const {
  if (opening) return opening->incident;
  if (change) return change->incident;
  if (note) return note->incident;
  TOCSIN_ASSERT(release.has_value());
  return release->order.incident;
}

Result<IncidentRecord> decode_incident(const mesh::RecordView& record) {
  const auto fields = mesh::FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  if (const auto id = IncidentId::from(fields->bytes(tag_incident)); !id)
    return within("incident: id", id.error());
  IncidentRecord out;
  const auto put = [](auto& place, auto&& read) -> Result<void> {
    if (!read) return std::unexpected(read.error());
    place = std::move(*read);
    return {};
  };
  Result<void> done;
  if (record.header.kind == RecordKind::note) {
    IncidentNote note{fields->fixed<IncidentId>(tag_incident), std::string(fields->text(tag_who)),
                      std::string(fields->text(tag_text))};
    done = check(note);
    out.note = std::move(note);
  } else if (record.header.kind == RecordKind::release) {
    done = put(out.release, read_release(*fields));
  } else if (record.header.kind != RecordKind::incident) {
    return fail(Errc::invalid, "a record of kind {} tells nothing of incidents",
                name_of(record.header.kind));
  } else if (fields->number(tag_operation) == std::uint64_t(IncidentOperation::open)) {
    done = put(out.opening, read_opening(*fields));
  } else {
    done = put(out.change, read_change(*fields));
  }
  if (!done) return std::unexpected(done.error());
  return out;
}

}  // namespace tocsin::playbooks
