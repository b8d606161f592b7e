#include "agents/agent/audit_export.hpp"

#include <set>

#include "agents/home/audit_file.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/sync/revocation.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

/// What belongs to one incident.
struct Wanted {
  std::set<Digest> records;    ///< behind its timeline
  std::set<RunId> runs;
  std::set<Digest> documents;  ///< of the playbooks of those runs

  bool takes(const mesh::RecordView& record) const {
    const auto kind = record.header.kind;
    if (kind == mesh::RecordKind::indicator || kind == mesh::RecordKind::sighting) return false;
    if (const auto run = run_of(record)) return runs.contains(*run);
    if (kind != mesh::RecordKind::playbook) return records.contains(record.id());
    const auto held = decode_playbook(record);
    return held && documents.contains(crypto::blake2b(bytes_of(held->json)));
  }
};

Wanted wanted_of(const Services& services, const IncidentId& incident) {
  Wanted out;
  for (const auto& entry : services.incidents.timeline(incident))
    if (!entry.record.is_zero()) out.records.insert(entry.record);
  if (const auto shown = services.incidents.show(incident))
    out.runs.insert(shown->runs.begin(), shown->runs.end());
  for (const auto& run : services.runs->runs())
    if (out.runs.contains(run.id)) out.documents.insert(run.start.playbook);
  return out;
}

struct Found {
  std::vector<Digest> records;      ///< in order of arrival
  std::vector<Bytes> revocations;
};

/// An alarm must not wait for an export: the loop breathes between.
mesh::Task<Result<Found>> find_records(Services& services, Wanted wanted) {
  Found out;
  const auto end = services.store.ordinals();
  for (std::uint64_t ordinal = 0; ordinal < end; ++ordinal) {
    if (ordinal % IndicatorBook::scan_slice == IndicatorBook::scan_slice - 1)
      co_await mesh::sleep(services.world.loop, Duration(0));
    const auto read = services.node->with_record(ordinal, [&](const mesh::RecordView& record) {
      if (wanted.takes(record)) out.records.push_back(record.id());
      // In the charter's and the roots' own words: whoever reads the file checks them again.
      if (record.header.kind == mesh::RecordKind::revocation &&
          mesh::check_revocation(record, services.charter))
        out.revocations.emplace_back(record.bytes.begin(), record.bytes.end());
    });
    if (!read) co_return std::unexpected(read.error());
    if (out.revocations.size() > audit_revocations_max)
      co_return fail(Errc::too_large, "more than {} revocations are held", audit_revocations_max);
    if (out.records.size() > audit_entries_max)
      co_return fail(Errc::too_large, "more than {} records belong to this incident",
                     audit_entries_max);
  }
  co_return out;
}

Result<void> add_entry(Services& services, const Digest& id, std::set<Bytes>& certificates,
                       AuditFile& file, std::size_t& withheld) {
  const auto found = services.node->find(id);
  const auto view = found && *found ? mesh::view_record((*found)->record)
                                    : fail(Errc::not_found, "no record {}", to_base32(id));
  if (!view) return std::unexpected(view.error());
  // The file is this organisation's own copy: what it was not named for stays out.
  const mesh::Recipient own{services.org()};
  if (mesh::check_exit(mesh::Exit::export_, view->header.marking, (*found)->audience, own,
                       services.charter) != mesh::Refusal::none) {
    ++withheld;
    return {};
  }
  auto shown = services.node->disclose(id);
  if (!shown) return std::unexpected(shown.error());
  certificates.insert(shown->author.encoded);
  if (const auto record = mesh::view_record(shown->disclosure.record))
    if (const auto person = person_behind(*record))
      if (const auto known = services.node->analyst(person->org, person->name))
        certificates.insert(known->encoded);
  file.entries.push_back(std::move(shown->disclosure));
  return {};
}

}  // namespace

mesh::Task<Result<Answer>> export_audit(Services& services, Request request) {
  const auto incident = services.incidents.find(request.text("id"));
  if (!incident) co_return std::unexpected(incident.error());
  auto task = find_records(services, wanted_of(services, *incident));
  const auto found = co_await std::move(task);
  if (!found) co_return std::unexpected(found.error());

  AuditFile file{to_base32(*incident), std::string(services.org()), services.now(),
                 services.charter, {}, {}};
  std::set<Bytes> certificates;
  std::size_t withheld = 0;
  file.revocations = found->revocations;
  for (const auto& id : found->records)
    if (const auto added = add_entry(services, id, certificates, file, withheld); !added)
      co_return std::unexpected(added.error());
  file.certificates.assign(certificates.begin(), certificates.end());
  co_return Answer{json::object{{"incident", file.incident},
                                {"entries", file.entries.size()},
                                {"withheld", withheld},
                                {"document", write_audit(file)}}};
}

}  // namespace tocsin::agents
