// How damage travels: the redacted sub-graph that each side publishes, and the repair ledger.
// No name, owner, customer or asset id leaves: only tokens, states and dependencies.
#pragma once

#include "mesh/wire/record.hpp"
#include "playbooks/damage/asset.hpp"

namespace tocsin::playbooks {

using IncidentId = FixedBytes<16, struct IncidentTag>;  ///< that of incidents and the correlator

/// What is known of an asset in one incident. Wire values; never renumber.
enum class DamageState : std::uint8_t {
  unknown = 0, suspected = 1, compromised = 2, contained = 3, restoring = 4, recovered = 5,
  cleared = 6,  ///< examined and found untouched
};
std::string_view name_of(DamageState state);
/// Errors: invalid.
Result<DamageState> damage_state_from(std::string_view name);
/// May harm what depends on it: suspected to restoring.
bool is_damaged(DamageState state);

/// How an asset is hit. Wire values; never renumber.
enum class Impact : std::uint8_t { none = 0, direct = 1, dependent = 2, across_border = 3 };
std::string_view name_of(Impact impact);

/// Stands for an asset towards partners: the first 16 bytes of BLAKE2b("tocsin asset" ‖
/// federation ‖ incident ‖ org ‖ 0 ‖ id). Who knows the id can recognise it, others cannot link
/// it between incidents.
using AssetToken = FixedBytes<16, struct AssetTokenTag>;
AssetToken asset_token(const FederationId& federation, const IncidentId& incident,
                       std::string_view org, std::string_view id);

/// A dependency as it is published; `org` is empty within the publisher's own graph.
struct PublishedDependency {
  std::string org;
  AssetToken token;
  auto operator<=>(const PublishedDependency&) const = default;
};

struct PublishedAsset {
  AssetToken token;
  DamageState state{};
  Impact impact{};  ///< as the publisher computed it
  Criticality criticality = Criticality::medium;
  bool service = false;
  std::uint32_t rto_minutes = 0;  ///< 0: none stated
  WallTime state_at;              ///< when the state was seen; zero for unknown
  std::vector<PublishedDependency> depends_on;
  bool operator==(const PublishedAsset&) const = default;
};

/// One part of one organisation's published sub-graph for an incident.
struct ImpactPart {
  IncidentId incident;
  Digest report;  ///< the same in all parts
  std::uint32_t part = 0, parts = 1;
  std::vector<PublishedAsset> assets;
};
inline constexpr std::size_t impact_parts_max = 4096;
inline constexpr std::size_t impact_part_bytes_max = 192 * 1024;
inline constexpr std::size_t impact_orgs_max = 64;  ///< organisations named in one part

/// Splits a sub-graph into as many records as it needs. Errors: too_large.
Result<std::vector<Bytes>> encode_impact(mesh::RecordHeader header, const IncidentId& incident,
                                         std::span<const PublishedAsset> assets);
/// Errors: invalid, too_large.
Result<ImpactPart> decode_impact(const mesh::RecordView& record);

struct RepairEntry {
  IncidentId incident;
  AssetToken asset;
  DamageState state{};
  std::string evidence;  ///< shared with the incident's audience; DamageBook::redact() it first
  std::string who;       ///< "org/analyst"
};
inline constexpr std::size_t repair_evidence_bytes_max = 8192;
/// Errors: invalid, too_large.
Result<Bytes> encode_repair(mesh::RecordHeader header, const RepairEntry& entry);
Result<RepairEntry> decode_repair(const mesh::RecordView& record);

}  // namespace tocsin::playbooks
