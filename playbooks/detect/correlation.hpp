// Joint detection: the same thing at two operators within a window opens one incident, with the
// same id on both sides, without asking.
#pragma once

#include <map>
#include <set>

#include "playbooks/detect/sighting.hpp"

namespace tocsin::playbooks {

using IncidentId = FixedBytes<16, struct IncidentTag>;

enum class JointKey : std::uint8_t { indicator, technique };
struct JointRule {
  std::string name = "same-indicator";
  JointKey by = JointKey::indicator;
  Duration window = std::chrono::minutes(10);
};

/// The first 16 bytes of BLAKE2b-256("tocsin.joint" ‖ federation ‖ rule name ‖ 0 ‖ key ‖ bucket
/// [8, little-endian]), bucket = floor(time of the later sighting / window).
IncidentId joint_incident_id(const FederationId& federation, const JointRule& rule,
                             const Digest& key, std::int64_t bucket);

/// A joint incident as it stands after a change. `aliases` are the ids of overlapping ones that
/// merged into it; they stay valid for ever.
struct JointIncident {
  IncidentId id;                    ///< the smallest of all that merged
  std::vector<IncidentId> aliases;  ///< sorted, without `id`
  std::string rule;
  Digest key;
  std::vector<std::string> orgs;       ///< sorted
  std::vector<Digest> indicators;      ///< records that were sighted, sorted, at most indicators_max
  std::string technique;
  WallTime first_seen, last_seen;
  mesh::Marking marking;               ///< the intersection of the sightings' markings
  bool operator==(const JointIncident&) const = default;
};

/// One sighting, its author's organisation (an operator: the caller leaves the others out) and
/// its record's marking.
struct OrgSighting {
  std::string org;
  Sighting sighting;
  mesh::Marking marking;
};

/// A run of windows that each are joint, one after the other, is one incident. When the oldest of
/// a long run are pushed out, `id` may become that of a former alias: whoever keeps incidents for
/// good takes two that share any id or alias as one, and keeps the id it has.
/// What it holds depends on the set of sightings only, never on their order, their repetition or
/// the local clock: both sides come to equal incidents once they hold equal records. Sans I/O.
class JointDetection {
 public:
  JointDetection(FederationId federation, JointRule rule);

  /// The incident that this sighting opens, joins or merges, if it changed.
  std::optional<JointIncident> add(const OrgSighting& sighting);
  /// All incidents that are held, by id.
  std::vector<JointIncident> incidents() const;
  /// Follows aliases; nothing when unknown (or pushed out).
  std::optional<IncidentId> resolve(const IncidentId& id) const;

  static constexpr std::size_t keys_max = 65536;     ///< the one seen longest ago is pushed out
  static constexpr std::size_t buckets_max = 144;     ///< per key; the oldest is pushed out
  static constexpr std::size_t indicators_max = 64;
  static constexpr std::size_t orgs_max = 64;

 private:
  struct Seen {
    std::int64_t first = 0, last = 0;  ///< ms
    std::set<Digest> indicators;
    mesh::Marking marking;
  };
  using Bucket = std::map<std::string, Seen>;  ///< by organisation
  struct Key {
    std::map<std::int64_t, Bucket> buckets;
    std::string technique;
    std::int64_t last_seen = 0;
  };
  using Buckets = std::map<std::int64_t, Bucket>;

  std::optional<Digest> key_of(const Sighting& sighting) const;
  void note(Key& key, const OrgSighting& from, std::int64_t ms);
  bool joint(const Buckets& buckets, Buckets::const_iterator at) const;
  /// The run of joint buckets around `bucket`, as an incident.
  std::optional<JointIncident> around(const Digest& id, const Key& key, std::int64_t bucket) const;
  void drop_oldest_bucket(const Digest& id, Key& key);
  void make_room();

  FederationId federation_;
  JointRule rule_;
  std::map<Digest, Key> keys_;
  std::set<std::pair<std::int64_t, Digest>> by_last_seen_;
  std::map<IncidentId, std::pair<Digest, std::int64_t>> ids_;  ///< of joint buckets
};

}  // namespace tocsin::playbooks
