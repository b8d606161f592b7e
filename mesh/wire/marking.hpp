// Who may see a record and what may be done with it: TLP 2.0 and PAP as sets of permissions, and
// the one function that every exit asks.
#pragma once

#include <string>
#include <vector>

#include "crypto/charter.hpp"

namespace tocsin::mesh {

/// Source: FIRST TLP 2.0. The numbers are wire values, not ranks.
enum class Tlp : std::uint8_t { clear = 1, green = 2, amber = 3, amber_strict = 4, red = 5 };
/// Source: MISP PAP taxonomy.
enum class Pap : std::uint8_t { clear = 1, green = 2, amber = 3, red = 4 };

struct Marking {
  Tlp tlp = Tlp::amber_strict;
  Pap pap = Pap::amber;
  bool operator==(const Marking&) const = default;
};

std::string_view name_of(Tlp tlp);  // "clear" "green" "amber" "amber+strict" "red"
std::string_view name_of(Pap pap);
/// Accepts `amber+strict`, `TLP:AMBER+STRICT`, `tlp:white` (means clear), any case. Errors:
/// invalid; marking, for classified markings (VS-NfD, Diffusion Restreinte, RESTREINT UE ...).
Result<Tlp> tlp_from(std::string_view text);
Result<Pap> pap_from(std::string_view text);
/// Refuses any text that names a classified marking. Every entry asks. Errors: marking.
Result<void> refuse_classified(std::string_view text);

/// May a value with this marking be put into a blocking control? Only PAP:GREEN and PAP:CLEAR.
bool may_block(Marking marking);
/// May it enter an agent's matching tables? Not TLP:RED.
bool may_match(Marking marking);
/// What is left of the permissions of both: the marking and audience of a derived record.
Marking intersect(Marking a, Marking b);

/// Named persons as "org/analyst", named organisations as "org". Immutable once in a scope.
struct Audience {
  bool all_members = false;
  std::vector<std::string> orgs;     ///< sorted, distinct; empty and not all_members: nobody
  std::vector<std::string> persons;  ///< sorted, distinct "org/analyst"; RED only
  bool operator==(const Audience&) const = default;
  bool includes(std::string_view org) const;
};
Audience intersect(const Audience& a, const Audience& b);

/// The audience of a marking in `charter` as seen by `author_org`: CLEAR and GREEN all members,
/// AMBER the operators, AMBER+STRICT and RED those in `to` (organisations, "org/analyst"). `to`
/// narrows the former. The author's own organisation is always included. Errors: marking
/// (AMBER+STRICT or RED without `to`, RED to an organisation alone, a person for another
/// marking, an unknown organisation).
Result<Audience> audience_of(Marking marking, const std::vector<std::string>& to,
                             std::string_view author_org, const crypto::Charter& charter);

enum class Exit : std::uint8_t { push, pull, relay, bundle, export_, api, edl };
std::string_view name_of(Exit exit);

/// Who asks at an exit. `org` empty: the public (an EDL poller, an export file).
struct Recipient {
  std::string_view org;
  std::string_view analyst = {};
  bool sealed_carrier = false;  ///< gets only bytes that it cannot read
};

/// The reason for a refusal, or nothing when it may leave. Fails closed: an unknown audience,
/// marking or organisation is refused. A sealed carrier may have all but RED.
enum class Refusal : std::uint8_t { none, not_in_audience, marking, red, unknown_recipient };
std::string_view name_of(Refusal refusal);
Refusal check_exit(Exit exit, Marking marking, const Audience& audience,
                   const Recipient& recipient, const crypto::Charter& charter);

}  // namespace tocsin::mesh
