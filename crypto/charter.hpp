// The mutual-assistance agreement as a signed document, and the federation that follows from it.
#pragma once

#include "crypto/identity.hpp"

namespace tocsin::crypto {

struct Member {
  std::string org, name, country;
  OrgRole role{};
  PublicKey root, recovery;
  std::vector<CardAgent> agents;
  std::vector<std::string> own_networks;
};

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

/// A new, unsigned first version with the default policies. Errors: invalid (duplicate members,
/// none, expiry not after creation).
Result<Charter> make_charter(CharterBody body);
std::string write_charter(const Charter& charter);
/// Reads the file and checks every signature that it holds; a missing one is no error here.
/// Errors: invalid (naming the field), unauthenticated, too_large (over 16 MiB).
Result<Charter> read_charter(std::string_view json);

/// Adds `org`'s signature if it is not there. Errors: not_found (no such member), refused (the
/// key is not the member's root).
Result<void> sign_charter(Charter& charter, std::string_view org, const SigningKey& root);
/// Errors: refused, naming each member whose signature is missing; expired.
Result<void> check_complete(const Charter& charter, WallTime now);

}  // namespace tocsin::crypto
