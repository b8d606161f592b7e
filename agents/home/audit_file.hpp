// What an auditor gets of one incident: every record about it, each with the proof that its author
// signed it, and the charter that says who is who. It needs no agent, no key and no network.
#pragma once

#include <boost/json.hpp>

#include "crypto/charter.hpp"
#include "mesh/sync/archive.hpp"
#include "mesh/wire/disclosure.hpp"
#include "playbooks/runs/approval.hpp"

namespace tocsin::agents {

struct AuditFile {
  std::string incident, org;         ///< id in base32; who exported
  WallTime exported;
  crypto::Charter charter;
  std::vector<Bytes> certificates;   ///< of authors and of the persons who signed
  std::vector<mesh::Disclosure> entries;
  std::vector<mesh::Disclosure> witnesses = {};  ///< of the logs that the entries are from
  std::vector<Bytes> chain = {};  ///< signed headers that lead from the entries to what was witnessed
  std::vector<Bytes> revocations = {};  ///< records, of agents and persons, that the exporter holds
};
inline constexpr std::size_t audit_revocations_max = 16'384;
inline constexpr std::size_t audit_file_bytes_max = 256 * 1024 * 1024;
inline constexpr std::size_t audit_entries_max = 100'000;
inline constexpr std::size_t audit_chain_max = 100'000;

/// The file's document. Layout: docs/wire-format.md.
boost::json::object write_audit(const AuditFile& file);
/// Errors: invalid (naming the entry and field), unauthenticated (the charter's signatures),
/// unsupported (another version), too_large.
Result<AuditFile> read_audit(std::string_view json);

/// The person who signed what this record carries; nothing where no person did.
struct PersonBehind {
  std::string org, name;
  WallTime at;  ///< as the person says
  playbooks::SignedBody body;
};
std::optional<PersonBehind> person_behind(const mesh::RecordView& record);

/// What a record is, taken from its signed bytes.
struct AuditLine {
  WallTime at;
  std::string org, kind;
  Digest record;
  std::uint64_t witnesses = 0;  ///< organisations, besides the author's, that vouch for its place
};
struct AuditReport {
  mesh::Audit audit;
  std::uint64_t persons = 0;  ///< signatures of persons that were checked
  std::vector<AuditLine> lines;
};
/// Checks that the charter and all versions before it are signed as they must be, each certificate
/// under its organisation's root of that time, each entry under its author's certificate, that its
/// author was neither revoked nor removed before it, that no author signed two batches for one place,
/// that neighbours in one log name each other, the signatures of persons on approvals and orders,
/// within a certificate of that time, with the roles that the charter asks for and not after their
/// revocation, and that no witness saw another batch in a place, or more of a log than the file has of
/// it. An entry counts as witnessed where the chain leads from it to the batch that a witness named.
/// The first fault is named.
AuditReport check_audit(const AuditFile& file);

}  // namespace tocsin::agents
