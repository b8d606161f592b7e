#include "agents/home/audit_file.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "crypto/base_encoding.hpp"
#include "mesh/sync/roster.hpp"
#include "mesh/sync/witness_ledger.hpp"
#include "mesh/world/clock.hpp"
#include "playbooks/runs/approval.hpp"
#include "playbooks/runs/run_record.hpp"

namespace tocsin::agents {
namespace {

namespace json = boost::json;

constexpr std::string_view file_kind = "audit";
constexpr int file_version = 2;

json::array texts_of(const std::vector<Bytes>& all) {
  json::array out;
  for (const auto& each : all) out.emplace_back(to_base64(each));
  return out;
}

json::object entry_document(const mesh::Disclosure& entry) {
  json::array proof;
  for (const auto& digest : entry.proof) proof.emplace_back(to_base64(digest.view()));
  return {{"prefix", to_base64(entry.prefix)},
          {"index", entry.index},
          {"salt", to_base64(entry.salt)},
          {"proof", std::move(proof)},
          {"record", to_base64(entry.record)}};
}

std::string text_in(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

const json::array* list_in(const json::object& object, std::string_view key, std::size_t max) {
  const auto* found = object.if_contains(key);
  return found && found->is_array() && found->as_array().size() <= max ? &found->as_array()
                                                                       : nullptr;
}

Result<Bytes> bytes_in(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  if (!found || !found->is_string()) return fail(Errc::invalid, "{} is missing", key);
  auto bytes = from_base64(std::string_view(found->as_string()));
  if (!bytes) return within(key, bytes.error());
  return std::move(*bytes);
}

Result<mesh::Disclosure> read_entry(const json::value& value) {
  constexpr std::size_t proof_max = 32;
  if (!value.is_object()) return fail(Errc::invalid, "not an object");
  const auto& object = value.as_object();
  auto prefix = bytes_in(object, "prefix");
  if (!prefix) return std::unexpected(prefix.error());
  auto record = bytes_in(object, "record");
  if (!record) return std::unexpected(record.error());
  const auto salt = bytes_in(object, "salt");
  if (!salt || salt->size() != crypto::Salt{}.size()) return fail(Errc::invalid, "salt is wrong");
  const auto* index = object.if_contains("index");
  if (!index || !index->is_int64() || index->as_int64() < 0 ||
      index->as_int64() >= std::int64_t(mesh::batch_records_max))
    return fail(Errc::invalid, "index is wrong");
  const auto* proof = list_in(object, "proof", proof_max);
  if (!proof) return fail(Errc::invalid, "proof is wrong");

  mesh::Disclosure out{std::move(*prefix), std::uint32_t(index->as_int64()), {}, {},
                       std::move(*record)};
  std::copy(salt->begin(), salt->end(), out.salt.begin());
  for (const auto& each : *proof) {
    const auto bytes = each.is_string() ? from_base64(std::string_view(each.as_string()))
                                        : fail(Errc::invalid, "no text");
    const auto digest = bytes ? Digest::from(*bytes) : std::unexpected(bytes.error());
    if (!digest) return within("proof", digest.error());
    out.proof.push_back(*digest);
  }
  return out;
}

Result<void> read_texts(std::string_view what, const json::array& list, std::vector<Bytes>& out) {
  for (const auto& each : list) {
    auto bytes = each.is_string() ? from_base64(std::string_view(each.as_string()))
                                  : fail(Errc::invalid, "no text");
    if (!bytes) return within(what, bytes.error());
    out.push_back(std::move(*bytes));
  }
  return {};
}

Result<void> read_entries(std::string_view what, const json::array& list,
                          std::vector<mesh::Disclosure>& out) {
  for (const auto& each : list) {
    auto entry = read_entry(each);
    if (!entry) return within(fmt::format("{} {}", what, out.size() + 1), entry.error());
    out.push_back(std::move(*entry));
  }
  return {};
}

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
    if (!roster_.trusted(header->log, header->sequence))
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

  bool take_place(const std::string& where, ByteView prefix, const mesh::BatchHeader& header) {
    const auto id = crypto::blake2b(prefix.first(mesh::batch_header_bytes));
    const auto [held, fresh] =
        ids_.try_emplace({header.log, header.sequence}, Place{id, header.previous});
    if (fresh || held->second.id == id) return true;
    bad(where, {Errc::fork, "its author signed another batch for the same place"});
    return false;
  }

  // A header without its records, signed as every other.
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
    take_place(where, prefix, *header);
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
    const auto person = roster_.analyst_at(org, name, at);
    if (!person)
      return fail(Errc::expired, "no certificate of {}/{} covers the time of its signature", org,
                  name);
    const auto label = record.header.kind == mesh::RecordKind::approval ? crypto::Label::approval
                                                                        : crypto::Label::order;
    if (!crypto::verify(label, file_.charter.federation, body.body, person->body.signing,
                        body.signature))
      return fail(Errc::unauthenticated, "the signature of {}/{} does not fit", org, name);
    if (record.header.kind == mesh::RecordKind::approval && !has_role(person->body))
      return fail(Errc::refused, "{}/{} has no role that the charter asks for", org, name);
    const auto revoked = revoked_at_.find({org, person->body.id()});
    if (revoked != revoked_at_.end() && revoked->second <= record.header.created)
      return fail(Errc::refused, "{}/{} was revoked before it", org, name);
    ++report_.persons;
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

json::object write_audit(const AuditFile& file) {
  json::array entries, witnesses;
  for (const auto& entry : file.entries) entries.push_back(entry_document(entry));
  for (const auto& entry : file.witnesses) witnesses.push_back(entry_document(entry));
  return {{"tocsin", file_kind},
          {"version", file_version},
          {"incident", file.incident},
          {"org", file.org},
          {"exported", mesh::to_rfc3339(file.exported)},
          {"charter", crypto::write_charter(file.charter)},
          {"certificates", texts_of(file.certificates)},
          {"revocations", texts_of(file.revocations)},
          {"entries", std::move(entries)},
          {"witnesses", std::move(witnesses)},
          {"chain", texts_of(file.chain)}};
}

Result<AuditFile> read_audit(std::string_view text) {
  boost::system::error_code bad;
  const auto value = json::parse(text, bad);
  if (bad || !value.is_object() || text_in(value.as_object(), "tocsin") != file_kind)
    return std::unexpected(Error{Errc::invalid, "this is no file of `tocsin audit export`",
                                 "name such a file, or the folder of a home"});
  const auto& object = value.as_object();
  const auto* version = object.if_contains("version");
  if (!version || !version->is_int64() || version->as_int64() != file_version)
    return fail(Errc::unsupported, "audit: a version other than {}", file_version);
  const auto exported = mesh::from_rfc3339(text_in(object, "exported"));
  if (!exported) return within("exported", exported.error());
  auto charter = crypto::read_charter(text_in(object, "charter"));
  if (!charter) return within("charter", charter.error());
  AuditFile out{text_in(object, "incident"), text_in(object, "org"), *exported,
                std::move(*charter), {}, {}};

  const auto* certificates = list_in(object, "certificates", audit_entries_max);
  const auto* entries = list_in(object, "entries", audit_entries_max);
  if (!certificates || !entries)
    return fail(Errc::invalid, "certificates and entries must be lists of at most {}",
                audit_entries_max);
  if (auto done = read_texts("certificates", *certificates, out.certificates); !done)
    return std::unexpected(done.error());
  const auto* revocations = list_in(object, "revocations", audit_revocations_max);
  if (!revocations)
    return fail(Errc::invalid, "revocations must be a list of at most {}", audit_revocations_max);
  if (auto done = read_texts("revocations", *revocations, out.revocations); !done)
    return std::unexpected(done.error());
  if (auto done = read_entries("entry", *entries, out.entries); !done)
    return std::unexpected(done.error());
  // A file from before there were witnesses has neither.
  if (!object.contains("witnesses") && !object.contains("chain")) return out;
  const auto* witnesses = list_in(object, "witnesses", audit_entries_max);
  const auto* chain = list_in(object, "chain", audit_chain_max);
  if (!witnesses || !chain)
    return fail(Errc::invalid, "witnesses and chain must be lists of at most {}", audit_chain_max);
  if (auto done = read_entries("witness", *witnesses, out.witnesses); !done)
    return std::unexpected(done.error());
  if (auto done = read_texts("chain", *chain, out.chain); !done)
    return std::unexpected(done.error());
  return out;
}

AuditReport check_audit(const AuditFile& file) { return Auditor(file).run(); }

}  // namespace tocsin::agents
