// What a member does with a charter: sign it with its root, and install it in its home.
#pragma once

#include "agents/home/founding.hpp"

namespace tocsin::agents {

/// Adds the signature of the member whose root this is, and its agents' certificates for the
/// federation where they are not there yet. Gives false when nothing was missing.
/// Errors: refused (no member has this root), expired.
Result<bool> sign_agreement(crypto::Charter& charter, const crypto::SigningKey& root,
                            WallTime now);

/// Checks what an agent needs before it lives by `charter`: every signature, itself among the
/// members' agents with certificates, a passphrase unless it is an exercise, no roll-back.
/// Errors: refused (naming what is missing), expired.
Result<void> check_acceptable(const PublicHome& home, const crypto::Charter& charter,
                              WallTime now);
/// check_acceptable, then writes HOME/charter.json. Errors: those, io.
Result<void> accept_agreement(mesh::Disk& disk, const PublicHome& home,
                              const crypto::Charter& charter, WallTime now);

/// The certificates of one agent in `charter`, by validity. Each is checked against its member's
/// root. Errors: not_found (none), unauthenticated.
Result<std::vector<crypto::Certificate>> certificates_of(const crypto::Charter& charter,
                                                         std::string_view org,
                                                         const PublicKey& signing);

}  // namespace tocsin::agents
