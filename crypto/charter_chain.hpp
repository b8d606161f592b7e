// What makes a later version of the agreement follow from the one in force: who must have signed
// it, and that no older or other version ever takes its place.
#pragma once

#include <set>

#include "crypto/charter.hpp"

namespace tocsin::crypto {

/// The next version of `current`, unsigned, as `wish` says; version, previous body and exercise are
/// set here, and an empty rule or policy list gets its default; a member that is left out and has no
/// entry in `removed` gets one without logs. Certificates of organisations that stay come along.
/// Errors: invalid (as for a first version; created before the one in force; too many lost at once),
/// full (versions_max).
Result<Charter> amend_charter(const Charter& current, CharterBody wish);

/// `current` with a newer version that came by itself, as text and signatures: those are checked,
/// completeness is not. Errors: as amend_charter(); refused (it is not the next version, or does
/// not name the body in force), invalid, unauthenticated.
Result<Charter> follow_charter(const Charter& current, std::string body_text,
                               std::vector<CharterSignature> signatures);

/// Whether `next` may take the place of `current`: true when it is newer, false when it is the
/// version in force. Errors: refused (of another federation; older; another text of the same
/// version; newer, but not descended from the one in force).
Result<bool> check_succession(const Charter& current, const Charter& next);

/// That `next` is the version after `before`, whose text is `before_text`. Errors: invalid.
Result<void> check_link(const CharterBody& before, std::string_view before_text,
                        const CharterBody& next);
/// The key under which `org` signs `next`; null when it has nothing to sign. `before` is null for a
/// first version. Lifetime: that of the bodies.
const PublicKey* signing_key_for(const CharterBody* before, const CharterBody& next,
                                 std::string_view org);
/// That those who must have signed `next` are among `signers`. Errors: refused, naming who or how
/// many are missing.
Result<void> check_signers(const CharterBody* before, const CharterBody& next,
                           const std::set<std::string_view>& signers);
/// The id under which a version is signed: a first one makes the federation, so it cannot be signed
/// under its id.
FederationId signed_under(const CharterBody& body, const FederationId& federation);
std::vector<PastRoot> past_roots_of(const std::vector<CharterVersion>& earlier,
                                    const CharterBody& last);

}  // namespace tocsin::crypto
