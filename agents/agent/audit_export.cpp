#include "agents/agent/audit_export.hpp"

#include <set>

#include "agents/home/audit_file.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/sync/fork_proof.hpp"
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

/// The record with its proof, and who signed it; nothing where it may not leave.
Result<std::optional<mesh::Disclosure>> disclosed(Services& services, const Digest& id,
                                                  std::set<Bytes>& certificates) {
  const auto found = services.node->find(id);
  const auto view = found && *found ? mesh::view_record((*found)->record)
                                    : fail(Errc::not_found, "no record {}", to_base32(id));
  if (!view) return std::unexpected(view.error());
  // The file is this organisation's own copy: what it was not named for stays out.
  const mesh::Recipient own{services.org()};
  if (mesh::check_exit(mesh::Exit::export_, view->header.marking, (*found)->audience, own,
                       services.charter) != mesh::Refusal::none)
    return std::nullopt;
  auto shown = services.node->disclose(id);
  if (!shown) return std::unexpected(shown.error());
  certificates.insert(shown->author.encoded);
  if (const auto record = mesh::view_record(shown->disclosure.record))
    if (const auto person = person_behind(*record))
      for (const auto& known :
           services.node->analysts_at(person->org, person->name, person->at))
        certificates.insert(known.encoded);
  return std::move(shown->disclosure);
}

/// From where on each log of decisions is in the file.
std::map<mesh::LogKey, std::uint64_t> first_places(const AuditFile& file) {
  std::map<mesh::LogKey, std::uint64_t> out;
  for (const auto& entry : file.entries) {
    const auto header = mesh::header_of(entry);
    if (!header || !mesh::holds_decisions(header->log)) continue;
    const auto [at, fresh] = out.emplace(header->log, header->sequence);
    if (!fresh) at->second = std::min(at->second, header->sequence);
  }
  return out;
}

/// Per organisation the newest word about `log` up to what is held of it here.
std::map<std::string, const mesh::WitnessWord*> newest_words(const Services& services,
                                                             const mesh::LogKey& log) {
  std::uint64_t end = 0;
  for (const auto& head : services.node->heads_of(log.agent))
    if (head.log == log) end = head.sequence;
  std::map<std::string, const mesh::WitnessWord*> out;
  for (const auto* word : services.witnesses.words_on(log))
    if (word->head.sequence <= end) out.emplace(word->org, word);
  return out;
}

/// The signed headers of `log` from `first` to `last`. Errors: io, corrupt, too_large.
Result<void> add_chain(Services& services, const mesh::LogKey& log, std::uint64_t first,
                       std::uint64_t last, std::vector<Bytes>& chain) {
  constexpr std::size_t batches_max = 64, bytes_max = 4 * 1024 * 1024;  // In one read.
  while (first <= last) {
    const auto held = services.store.batches(log, first, batches_max, bytes_max);
    if (!held) return std::unexpected(held.error());
    if (held->empty()) return {};
    for (const auto& batch : *held) {
      first = batch.sequence + 1;
      if (batch.sequence > last) break;
      if (chain.size() >= audit_chain_max)
        return fail(Errc::too_large, "more than {} batches lie between this incident and what was "
                    "witnessed", audit_chain_max);
      chain.push_back(mesh::signed_header_of(*batch.encoded));
    }
  }
  return {};
}

/// What other organisations signed about the logs of the entries, and what leads there.
Result<void> add_witnesses(Services& services, std::set<Bytes>& certificates, AuditFile& file) {
  std::set<Digest> records;
  for (const auto& [log, first] : first_places(file)) {
    std::uint64_t last = 0;
    for (const auto& [org, word] : newest_words(services, log)) {
      last = std::max(last, word->head.sequence);
      if (!records.insert(word->record).second) continue;
      auto shown = disclosed(services, word->record, certificates);
      if (!shown) return std::unexpected(shown.error());
      if (*shown) file.witnesses.push_back(std::move(**shown));
    }
    if (const auto added = add_chain(services, log, first, last, file.chain); !added) return added;
  }
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
  for (const auto& id : found->records) {
    auto shown = disclosed(services, id, certificates);
    if (!shown) co_return std::unexpected(shown.error());
    if (*shown)
      file.entries.push_back(std::move(**shown));
    else
      ++withheld;
  }
  if (const auto added = add_witnesses(services, certificates, file); !added)
    co_return std::unexpected(added.error());
  file.certificates.assign(certificates.begin(), certificates.end());
  co_return Answer{json::object{{"incident", file.incident},
                                {"entries", file.entries.size()},
                                {"witnesses", file.witnesses.size()},
                                {"withheld", withheld},
                                {"document", write_audit(file)}}};
}

}  // namespace tocsin::agents
