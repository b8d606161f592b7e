// What a member does with a charter: sign it with its root, and install it in its home.
#pragma once

#include "agents/home/founding.hpp"

namespace tocsin::agents {

/// Adds the signature of the member whose root this is, and its agents' certificates for the
/// federation where they are not there yet. Where the version gives that member another root or
/// recovery key, the signature is that of its `recovery` key as it was before. Gives false when
/// nothing was missing. Errors: refused (no member has this root; the recovery key is needed, or is
/// another), expired.
Result<bool> sign_agreement(crypto::Charter& charter, const crypto::SigningKey& root,
                            WallTime now, const crypto::SigningKey* recovery = nullptr);
/// A year of certificates from `now` for one agent of `org`.
std::vector<crypto::Certificate> certify_agent(const std::string& org,
                                               const crypto::CardAgent& agent,
                                               const crypto::SigningKey& root,
                                               const FederationId& federation, WallTime now);

/// Checks what an agent needs before it lives by `charter`: every signature, itself among the
/// members' agents with certificates, a passphrase unless it is an exercise, and that it follows
/// from the version in force, if there is one. Errors: refused (naming what is missing), expired.
Result<void> check_acceptable(const PublicHome& home, const crypto::Charter& charter,
                              WallTime now);
/// check_acceptable, then writes HOME/charter.json, with the certificates that the home held
/// already. Errors: those, io.
Result<void> accept_agreement(mesh::Disk& disk, const PublicHome& home,
                              const crypto::Charter& charter, WallTime now);

/// The charter in force with a year of new certificates from `now` for the agent of `home`. Errors:
/// refused (not the organisation's root; the agent is not on its card), full.
Result<crypto::Charter> certified_anew(const PublicHome& home, const crypto::SigningKey& root,
                                       WallTime now);
/// Writes the certificates of `charter`, which is the version in force, to those in HOME; an expired
/// one too. Errors: refused (another version), io.
Result<void> keep_certificates(mesh::Disk& disk, const PublicHome& home,
                               const crypto::Charter& charter);

/// Where a file of HOME waits for the version that makes it valid; accepting that puts it in place.
Path staged(const Path& file);

/// The certificates of one agent in `charter`, by validity; those of a past root end with it. Each
/// is checked. Errors: not_found (none), unauthenticated.
Result<std::vector<crypto::Certificate>> certificates_of(const crypto::Charter& charter,
                                                         std::string_view org,
                                                         const PublicKey& signing);

}  // namespace tocsin::agents
