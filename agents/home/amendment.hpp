// Draws up the next version of the agreement: who joins, leaves, is lost or gets a new root, and
// what changes in its rules.
#pragma once

#include "agents/home/founding.hpp"

namespace tocsin::agents {

/// `class` gets other thresholds; a class that the charter has not is added for approvers of
/// operators.
struct PolicyWish {
  std::string action_class;
  int orgs_distinct = 1, local_orgs_distinct = 1;
};
/// CLASS=ORGS or CLASS=ORGS/LOCAL. Errors: usage.
Result<PolicyWish> policy_from(std::string_view text);

struct Amendment {
  std::vector<crypto::Card> cards;         ///< join, or replace the entry of their organisation
  std::vector<std::string> removed, lost, back;
  std::vector<crypto::Departure> departures = {};  ///< what counts of those that are removed
  std::vector<PolicyWish> policies;
  std::optional<WallTime> expires;         ///< nothing: as in the version in force
  std::optional<int> members, operators;   ///< of the rule for amendments
};
/// Unsigned. A rule that is the default for the members of the version in force follows the
/// members of the new one. Errors: usage (an organisation named that is no member, or is lost and
/// gone at once), refused (nothing would change), and those of crypto::amend_charter.
Result<crypto::Charter> amended(const crypto::Charter& current, const Amendment& wish,
                                WallTime now);

/// The card of `home`'s organisation with the keys of a new root, and what else it says now.
crypto::Card rerooted_card(const PublicHome& home, const NewRoot& root);

/// Signs an amendment that gives `home`'s organisation a new root: the signature of the recovery
/// key, and certificates by the new root of the organisation's agents. The card that the new root
/// signs goes to `folder`; it and new certificates of the persons wait in HOME until the amendment
/// is accepted there. Errors: refused (this is not the recovery key), io.
Result<void> sign_rerooting(mesh::Disk& disk, const PublicHome& home, const NewRoot& root,
                            const crypto::SigningKey& recovery, const Path& folder,
                            crypto::Charter& charter, WallTime now);

}  // namespace tocsin::agents
