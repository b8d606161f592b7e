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

struct CharterBody {
  std::string name;
  std::uint32_t version = 1;
  bool exercise = false;
  WallTime created, expires;
  std::vector<Member> members;  ///< 1 to 64, distinct org ids and roots
  std::vector<Policy> policies;
};

struct CharterSignature {
  std::string org;
  SignatureBytes signature;
};

/// The charter file: the exact body text, member signatures over it, certificates of agents that
/// members issued while signing. JSON keys: `body` (text), `signatures[]`, `certificates[]`.
struct Charter {
  std::string body_text;
  CharterBody body;
  FederationId federation;  ///< BLAKE2b-256 of the first version's body text
  std::vector<CharterSignature> signatures;
  std::vector<Bytes> certificates;  ///< encoded; at most 64 × 64 × 12

  const Member* member(std::string_view org) const;
  const Policy* policy(std::string_view action_class) const;
};

inline constexpr std::size_t charter_bytes_max = 16 << 20;
inline constexpr std::size_t members_max = 64;
inline constexpr std::size_t policies_max = 32;
inline constexpr std::size_t charter_certificates_max = 64 * 64 * 12;
inline constexpr Duration local_ttl_limit = std::chrono::days(30);

/// Approver each of two distinct operators to block (one where there is only one), of one
/// operator to undo and to release; local: one.
std::vector<Policy> default_policies(const std::vector<Member>& members);

/// A new, unsigned first version; with the default policies where `body` has none. Errors:
/// invalid (naming the field: duplicate members, none, expiry not after creation, a policy that
/// its members cannot fulfil).
Result<Charter> make_charter(CharterBody body);
std::string write_charter(const Charter& charter);
/// Reads the file and checks every signature and certificate that it holds; a missing one is no
/// error here. Errors: invalid (naming the field), unauthenticated, too_large (over 16 MiB),
/// unsupported (a version after the first).
Result<Charter> read_charter(std::string_view json);

/// Adds certificates that `org` issued for its agents in this federation; those that are there
/// already are left out. Errors: as read_certificate(); not_found, refused (of another
/// organisation, or not an agent's), full.
Result<void> add_certificates(Charter& charter, std::string_view org,
                              const std::vector<Certificate>& certificates);

/// Adds `org`'s signature if it is not there. Errors: not_found (no such member), refused (the
/// key is not the member's root).
Result<void> sign_charter(Charter& charter, std::string_view org, const SigningKey& root);
/// Errors: refused, naming each member whose signature is missing; expired.
Result<void> check_complete(const Charter& charter, WallTime now);

}  // namespace tocsin::crypto
