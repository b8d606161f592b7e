// What speaks for and against an export, as its file alone shows it.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "agents/home/audit_file.hpp"
#include "mesh/sync/roster.hpp"
#include "mesh/sync/witness_ledger.hpp"
#include "playbooks/runs/approval.hpp"
#include "playbooks/runs/run_record.hpp"

namespace tocsin::agents {
namespace {

// Reads a file's entries one after the other and keeps what speaks against them.
class Auditor {
 public:
  explicit Auditor(const AuditFile& file) : file_(file), roster_(file.charter) {}

  AuditReport run() {
    const auto& charter = file_.charter;
    // Whether the agreement is in force today says nothing about what was signed under it.
    if (const auto complete = crypto::check_complete(charter, charter.body.created); !complete)
      bad("charter", complete.error());
    for (const auto& encoded : file_.certificates)
      if (const auto added = roster_.add(encoded); !added) bad("certificate", added.error());
    for (const auto& record : file_.revocations) take_revocation(record);
    for (std::size_t i = 0; i < file_.entries.size(); ++i) check(i);
    for (std::size_t i = 0; i < file_.chain.size(); ++i) check_link(i);
    check_neighbours();
    for (std::size_t i = 0; i < file_.witnesses.size(); ++i) check_witness(i);
    hear_witnesses();
    report_.audit.entries = file_.entries.size();
    report_.audit.batches = ids_.size();
    std::stable_sort(report_.lines.begin(), report_.lines.end(),
                     [](const AuditLine& a, const AuditLine& b) { return a.at < b.at; });
    return std::move(report_);
  }

 private:
  void bad(std::string_view where, const Error& why) {
    report_.audit.ok = false;
    if (report_.audit.first_bad.empty())
      report_.audit.first_bad = fmt::format("{}: {}", where, why.message);
  }

  void take_revocation(ByteView record) {
    const auto view = mesh::view_record(record);
    const auto revocation = view && view->header.kind == mesh::RecordKind::revocation
                                ? mesh::check_revocation(*view, file_.charter)
                                : fail(Errc::invalid, "this is no revocation");
    if (!revocation) return bad("revocation", revocation.error());
    roster_.revoke(*revocation);
    const auto [at, fresh] = revoked_at_.try_emplace({revocation->org, revocation->agent},
                                                     revocation->time);
    if (!fresh) at->second = std::min(at->second, revocation->time);
  }

  // Whether the charter lets somebody with these roles sign anything.
  bool has_role(const crypto::CertificateBody& person) const {
    const auto& policies = file_.charter.body.policies;
    return policies.empty() || std::any_of(policies.begin(), policies.end(), [&](const auto& each) {
             return person.has(each.analyst_role);
           });
  }

  void check(std::size_t number) {
    const auto where = fmt::format("entry {}", number + 1);
    const auto& entry = file_.entries[number];
    const auto header = mesh::header_of(entry);
    if (!header) return bad(where, header.error());
    const auto author = roster_.agent_at(header->log.agent, header->time);
    if (!author) return bad(where, author.error());
    if (!counts(entry.prefix, *header))
      return bad(where, {Errc::refused, "its author was revoked or removed before it"});
    const auto record = mesh::check_disclosure(entry, **author, file_.charter.federation);
    if (!record) return bad(where, record.error());

    if (!take_place(where, entry.prefix, *header)) return;
    places_of_lines_.emplace(record->id(), std::pair(header->log, header->sequence));
    if (const auto person = check_person(*record); !person) return bad(where, person.error());
    report_.lines.push_back({record->header.created,
                             std::string(roster_.org_of(header->log.agent)),
                             std::string(mesh::name_of(record->header.kind)), record->id(), 0});
  }

  // False for what is not among that which the end of its author's word leaves.
  bool counts(ByteView prefix, const mesh::BatchHeader& header) const {
    return roster_.trusted(header.log, header.sequence,
                           crypto::blake2b(prefix.first(mesh::batch_header_bytes)));
  }

  bool take_place(const std::string& where, ByteView prefix, const mesh::BatchHeader& header) {
    const auto id = crypto::blake2b(prefix.first(mesh::batch_header_bytes));
    const auto [held, fresh] =
        ids_.try_emplace({header.log, header.sequence}, Place{id, header.previous});
    if (fresh || held->second.id == id) return true;
    bad(where, {Errc::fork, "its author signed another batch for the same place"});
    return false;
  }

  // A header without its records, signed as every other. One after its author's end is no fault of
  // the file, and leads nowhere.
  void check_link(std::size_t number) {
    const auto where = fmt::format("link {} of the chain", number + 1);
    const ByteView prefix = file_.chain[number];
    if (prefix.size() != mesh::batch_prefix_bytes) return bad(where, {Errc::invalid, "its length"});
    const auto header = mesh::parse_batch_header(prefix.first(mesh::batch_header_bytes));
    if (!header) return bad(where, header.error());
    const auto author = roster_.agent_at(header->log.agent, header->time);
    if (!author) return bad(where, author.error());
    mesh::Batch batch;
    batch.header = *header;
    batch.signature = *SignatureBytes::from(prefix.subspan(mesh::batch_header_bytes));
    batch.encoded.assign(prefix.begin(), prefix.end());
    if (const auto good = mesh::verify_signature(batch, **author, file_.charter.federation); !good)
      return bad(where, good.error());
    if (counts(prefix, *header)) take_place(where, prefix, *header);
  }

  void check_witness(std::size_t number) {
    const auto where = fmt::format("witness {}", number + 1);
    const auto& entry = file_.witnesses[number];
    const auto header = mesh::header_of(entry);
    if (!header) return bad(where, header.error());
    const auto author = roster_.agent_at(header->log.agent, header->time);
    if (!author) return bad(where, author.error());
    const auto record = mesh::check_disclosure(entry, **author, file_.charter.federation);
    if (!record) return bad(where, record.error());
    const auto heads = mesh::view_witness(*record);
    if (!heads) return bad(where, heads.error());
    if (!counts(entry.prefix, *header)) return;  // Nobody's word any more, as a link beyond it.
    for (const auto& head : *heads)
      ledger_.add({std::string(roster_.org_of(header->log.agent)), head, record->header.created,
                   record->id()});
  }

  void hear_witnesses() {
    std::map<mesh::LogKey, std::uint64_t> ends;
    for (const auto& [place, here] : ids_) ends[place.first] = place.second;
    const auto id_at = [&](const mesh::LogKey& log, std::uint64_t at) -> std::optional<Digest> {
      const auto held = ids_.find({log, at});
      return held == ids_.end() ? std::nullopt : std::optional(held->second.id);
    };
    const auto end_of = [&](const mesh::LogKey& log) {
      const auto end = ends.find(log);
      return end == ends.end() ? std::uint64_t(0) : end->second;
    };
    const WallTime ever{mesh::record_time_ms_max};
    if (const auto what = ledger_.contradiction({id_at, end_of}, ever); !what.empty())
      bad("witness", {Errc::corrupt, what});
    for (auto& line : report_.lines) {
      const auto place = places_of_lines_.find(line.record);
      if (place == places_of_lines_.end()) continue;
      line.witnesses = witnesses_of(place->second.first, place->second.second, line.org);
      report_.audit.witnessed += line.witnesses > 0;
    }
  }

  // Those whose word the unbroken chain from here leads to.
  std::uint64_t witnesses_of(const mesh::LogKey& log, std::uint64_t sequence,
                             std::string_view author) const {
    std::uint64_t end = sequence;
    while (ids_.contains({log, end + 1})) ++end;
    std::set<std::string> out;
    for (const auto* word : ledger_.words_on(log))
      if (word->org != author && word->head.sequence >= sequence && word->head.sequence <= end)
        out.insert(word->org);
    return out.size();
  }

  // Approvals and orders carry the signature of a person besides that of the agent.
  Result<void> check_person(const mesh::RecordView& record) {
    const auto signed_by = person_behind(record);
    if (!signed_by) return {};
    const auto& [org, name, at, body] = *signed_by;
    if (!roster_.analyst(org, name))
      return fail(Errc::not_found, "the certificate of {}/{} is missing", org, name);
    const auto held = roster_.analysts_at(org, name, at);
    if (held.empty())
      return fail(Errc::expired, "no certificate of {}/{} covers the time of its signature", org,
                  name);
    // Who was certified again, with another key or role, signed under any of these.
    Result<void> fits;
    for (const auto& person : held) {
      fits = check_signature(record, *signed_by, person.body);
      if (fits) break;
    }
    if (fits) ++report_.persons;
    return fits;
  }

  Result<void> check_signature(const mesh::RecordView& record, const PersonBehind& signed_by,
                               const crypto::CertificateBody& person) const {
    const auto& [org, name, at, body] = signed_by;
    const bool approval = record.header.kind == mesh::RecordKind::approval;
    const auto label = approval ? crypto::Label::approval : crypto::Label::order;
    if (!crypto::verify(label, file_.charter.federation, body.body, person.signing,
                        body.signature))
      return fail(Errc::unauthenticated, "the signature of {}/{} does not fit", org, name);
    if (approval && !has_role(person))
      return fail(Errc::refused, "{}/{} has no role that the charter asks for", org, name);
    const auto revoked = revoked_at_.find({org, person.id()});
    if (revoked != revoked_at_.end() && revoked->second <= record.header.created)
      return fail(Errc::refused, "{}/{} was revoked before it", org, name);
    return {};
  }

  void check_neighbours() {
    std::set<mesh::LogKey> logs;
    const Place* before = nullptr;
    std::pair<mesh::LogKey, std::uint64_t> at;
    for (const auto& [place, here] : ids_) {
      logs.insert(place.first);
      if (before && at.first == place.first && at.second + 1 == place.second &&
          here.previous != before->id)
        bad(fmt::format("log {} sequence {}", mesh::short_name(place.first), place.second),
            {Errc::corrupt, "it does not name the batch before it"});
      before = &here;
      at = place;
    }
    report_.audit.logs = logs.size();
  }

  struct Place {
    Digest id, previous;
  };
  const AuditFile& file_;
  mesh::Roster roster_;
  std::map<std::pair<std::string, AgentId>, WallTime> revoked_at_;  ///< by whom as well
  std::map<std::pair<mesh::LogKey, std::uint64_t>, Place> ids_;
  std::map<Digest, std::pair<mesh::LogKey, std::uint64_t>> places_of_lines_;
  mesh::WitnessLedger ledger_;
  AuditReport report_;
};

}  // namespace

std::optional<PersonBehind> person_behind(const mesh::RecordView& record) {
  const bool approval = record.header.kind == mesh::RecordKind::approval;
  if (!approval && record.header.kind != mesh::RecordKind::run_event) return std::nullopt;
  auto held = approval ? playbooks::decode_approval(record) : playbooks::decode_order(record);
  if (!held) return std::nullopt;  // An event of the agent itself.
  if (const auto body = playbooks::decode_approval_body(held->body))
    return PersonBehind{body->org, body->analyst, body->signed_at, std::move(*held)};
  if (const auto body = playbooks::decode_standing_body(held->body))
    return PersonBehind{body->org, body->analyst, body->created, std::move(*held)};
  if (const auto body = playbooks::decode_order_body(held->body))
    return PersonBehind{body->org, body->analyst, body->signed_at, std::move(*held)};
  return std::nullopt;
}

AuditReport check_audit(const AuditFile& file) { return Auditor(file).run(); }

}  // namespace tocsin::agents
