// How an incident travels: openings, changes, notes and releases as flat records, which any
// member may add and which give the same incident in whatever order they arrive.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/signature.hpp"
#include "mesh/wire/record.hpp"

namespace tocsin::playbooks {

/// The same as the correlator's; random when a person opens an incident by hand.
using IncidentId = FixedBytes<16, struct IncidentTag>;

enum class Severity : std::uint8_t { low = 1, medium = 2, high = 3, critical = 4 };
std::string_view name_of(Severity severity);
/// Errors: invalid.
Result<Severity> severity_from(std::string_view name);

inline constexpr std::size_t incident_title_bytes_max = 256;
inline constexpr std::size_t incident_text_bytes_max = 8192;
inline constexpr std::size_t incident_list_max = 256;  ///< organisations, indicators, techniques

/// What the correlator found, or what a person opens by hand. Published again when it grows.
struct IncidentOpening {
  IncidentId incident;
  std::vector<IncidentId> aliases;      ///< other ids that stand for the same incident
  std::string title;
  std::vector<Digest> indicators;       ///< ids of indicator records
  std::vector<std::string> orgs;        ///< concerned so far
  std::vector<std::string> techniques;  ///< ATT&CK ids
  std::string rule;                     ///< joint rule; empty when opened by hand
  std::string who;                      ///< "org/analyst"; empty when found by the agent
  WallTime opened;                      ///< first seen
  WallTime last_seen;                   ///< later than a close: opens it again
};

/// Wire values; never renumber.
enum class IncidentOperation : std::uint8_t {
  open = 1, acknowledge = 2, assign = 3, severity = 4, merge = 5, close = 6, reopen = 7
};

/// One change. Which fields count depends on the operation.
struct IncidentChange {
  IncidentId incident;
  IncidentOperation operation{};  ///< any but `open`
  std::string who;                ///< "org/analyst"
  std::string text;               ///< assign: to whom; close, reopen: why
  Severity severity{};            ///< severity only
  IncidentId other;                   ///< merge only
};

struct IncidentNote {
  IncidentId incident;
  std::string who;
  std::string text;  ///< 1 to incident_text_bytes_max
};

/// What a person signs (Label::order) to show one incident to one more organisation.
struct ReleaseOrder {
  IncidentId incident;
  std::string to;       ///< organisation
  std::string analyst;  ///< "org/analyst", whose key signs
  WallTime created;
};
/// "incident.release"[1+n] ‖ incident[16] ‖ to[1+n] ‖ analyst[1+n] ‖ created ms[8]
Bytes encode_release_order(const ReleaseOrder& order);
/// Errors: invalid.
Result<ReleaseOrder> decode_release_order(ByteView body);

struct IncidentRelease {
  ReleaseOrder order;
  SignatureBytes signature;
  std::vector<Digest> records;  ///< re-shared with `order.to`; at most incident_released_max
};
inline constexpr std::size_t incident_released_max = 2048;
IncidentRelease sign_release(ReleaseOrder order, const crypto::SigningKey& key,
                             const FederationId& federation);
/// True when `key` signed this release's order in this federation.
bool verify_release(const IncidentRelease& release, const PublicKey& key,
                    const FederationId& federation);

/// Whole records. `header.kind` is set here; the caller gives marking, time and author. What is
/// beyond a bound is an error. Errors: invalid, too_large.
Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentOpening& opening);
Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentChange& change);
Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentNote& note);
Result<Bytes> encode_incident(mesh::RecordHeader header, const IncidentRelease& release);

/// Exactly one of the four, as the record's kind and operation say.
struct IncidentRecord {
  std::optional<IncidentOpening> opening;
  std::optional<IncidentChange> change;
  std::optional<IncidentNote> note;
  std::optional<IncidentRelease> release;
  const IncidentId& incident() const;
};
/// Errors: invalid (another kind, unknown operation, a missing field, text that is not UTF-8),
/// too_large.
Result<IncidentRecord> decode_incident(const mesh::RecordView& record);

}  // namespace tocsin::playbooks
