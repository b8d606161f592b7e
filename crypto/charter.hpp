// The mutual-assistance agreement as a signed document, and the federation that follows from it.
#pragma once

#include "crypto/identity.hpp"

namespace tocsin::crypto {

/// A member is what its card says of it.
using Member = Card;

/// How many must sign for one class of action ("block", "release", ...).
struct Policy {
  std::string action_class;
  int orgs_distinct = 2;                  ///< at least 1, enforced when read
  OrgRole org_role = OrgRole::operator_;  ///< only organisations of this role count
  AnalystRole analyst_role = AnalystRole::approver;
  int local_orgs_distinct = 1;  ///< what suffices while the partner is unreachable
  Duration local_ttl_max = std::chrono::hours(1);  ///< life of an effect decided locally
};

/// Who must sign a later version: counted over the members of the version before it, and by the
/// new version's own rule over its members. Added members, those whose entry changes, and the
/// recovery key of a member whose root or recovery key changes sign in any case.
struct AmendRule {
  int members = 0;    ///< distinct members; more than half of them, so that no two groups can both
  int operators = 0;  ///< of these, operators
  int lost_max = 0;   ///< members that may stand as lost at once; the others are more than half
};

/// Where a log of a removed member's agent ends: log key[41] ‖ sequence[8] ‖ id of that batch[32],
/// as in a revocation. What it means is for the mesh to say.
using LastBatch = FixedBytes<81, struct LastBatchTag>;
inline constexpr std::size_t log_key_size = 41;

/// A member that a version removes, and all of what its agents signed that still counts: time in a
/// record is its author's own word, and an enemy of today can claim any.
struct Departure {
  std::string org;
  std::vector<LastBatch> logs;  ///< one per log, ascending; nothing counts of a log without
};

struct CharterBody {
  std::string name;
  std::uint32_t version = 1;
  bool exercise = false;
  WallTime created, expires;
  std::vector<Member> members;  ///< 1 to 64, distinct org ids and roots
  std::vector<Policy> policies;
  Digest previous = {};           ///< of the body text before this one; zero in the first version
  AmendRule amend = {};
  std::vector<std::string> lost = {};  ///< members that count nowhere until they are taken back
  std::vector<Departure> removed = {};  ///< exactly the members that this version leaves out

  const Member* member(std::string_view org) const;
  bool is_lost(std::string_view org) const;
};

struct CharterSignature {
  std::string org;
  SignatureBytes signature;
};

/// A version that was in force before.
struct CharterVersion {
  std::string body_text;
  CharterBody body;
  std::vector<CharterSignature> signatures;
};

/// A root that spoke for `org` until a later version replaced it or removed the organisation.
struct PastRoot {
  std::string org;
  PublicKey root;
  WallTime until;  ///< when that version was drawn up
};

/// The charter file: the exact body text, member signatures over it, certificates of agents that
/// members issued while signing, and every earlier version. JSON keys: `body` (text),
/// `signatures[]`, `certificates[]`, `earlier[]` (`body`, `signatures[]`).
struct Charter {
  std::string body_text;
  CharterBody body;
  FederationId federation;  ///< BLAKE2b-256 of the first version's body text
  std::vector<CharterSignature> signatures;
  std::vector<Bytes> certificates;  ///< encoded; at most 64 × 64 × 12
  std::vector<CharterVersion> earlier = {};  ///< from the first on; at most versions_max
  std::vector<PastRoot> past_roots = {};     ///< follows from `earlier`

  const CharterBody* before() const { return earlier.empty() ? nullptr : &earlier.back().body; }
  /// True when `org` was a member and is none any more.
  bool is_former(std::string_view org) const;
  /// How `org` left, the last time; null unless is_former(). Lifetime: the charter's.
  const Departure* departure_of(std::string_view org) const;
  const Member* member(std::string_view org) const;
  const Policy* policy(std::string_view action_class) const;
};

inline constexpr std::size_t charter_bytes_max = 16 << 20;
inline constexpr std::size_t members_max = 64;
inline constexpr std::size_t policies_max = 32;
inline constexpr std::size_t versions_max = 256;
inline constexpr std::size_t departed_logs_max = 1024;  ///< of all departures of one version
inline constexpr std::size_t charter_certificates_max = 64 * 64 * 12;
inline constexpr Duration local_ttl_limit = std::chrono::days(30);

/// Approver each of two distinct operators to block (one where there is only one), of one
/// operator to undo and to release; local: one.
std::vector<Policy> default_policies(const std::vector<Member>& members);

/// All but one of the operators, two thirds of the members and more than half; as many may be lost
/// as leave more than half.
AmendRule default_amend_rule(const std::vector<Member>& members);

/// A new, unsigned first version; with the default policies and rule where `body` has none. Errors:
/// invalid (naming the field: duplicate members, none, expiry not after creation, a policy that
/// its members cannot fulfil).
Result<Charter> make_charter(CharterBody body);
std::string write_charter(const Charter& charter);
/// Reads the file and checks every signature and certificate that it holds, and that every earlier
/// version is complete and follows from the one before it; a missing signature of the last is no
/// error here. Errors: invalid (naming the field), unauthenticated, refused (an earlier version is
/// incomplete), too_large (over 16 MiB).
Result<Charter> read_charter(std::string_view json);

/// Adds certificates that `org` issued for its agents in this federation; those that are there
/// already are left out. Errors: as read_certificate(); not_found, refused (of another
/// organisation, or not an agent's), full.
Result<void> add_certificates(Charter& charter, std::string_view org,
                              const std::vector<Certificate>& certificates);
/// Checks an agent's or analyst's certificate against the root of its organisation. One by a past
/// root ends when that root did. Errors: as read_certificate(); refused (of no member, then or
/// now).
Result<Certificate> read_member_certificate(const Charter& charter, ByteView encoded);

/// Adds `org`'s signature if it is not there. Errors: not_found (no such member), refused (not
/// the key that signs for it: its root, or its recovery key where one of the two changes).
Result<void> sign_charter(Charter& charter, std::string_view org, const SigningKey& key);
/// The signatures that a first version needs of all, and a later one by the rules of the version
/// before it and its own. Errors: refused, naming whose signature is missing; expired.
Result<void> check_complete(const Charter& charter, WallTime now);

}  // namespace tocsin::crypto
