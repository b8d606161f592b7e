// The secrets of pairs of organisations, each in a locked file of its own.
#pragma once

#include "agents/home/home.hpp"

namespace tocsin::agents {

/// What `psk new` writes for the partner: JSON with `tocsin: "psk"`, `from`, `to`, `secret`.
struct SharedSecretFile {
  std::string from, to;
  crypto::SecretKey secret;
};
std::string write_secret_file(const SharedSecretFile& file);
/// Errors: invalid, naming the field.
Result<SharedSecretFile> read_secret_file(std::string_view json);

/// Installs `secret` for `peer`. A first one becomes current; where one is there, the new one
/// becomes `next` until both sides have it, and the former `next` becomes current.
/// Errors: io, unauthenticated.
Result<void> install_secret(mesh::Disk& disk, const Layout& at, const crypto::PairSecrets& pair,
                            const Passphrase& passphrase, Entropy& entropy);
/// Makes the next secret of the pair the current one; the old one is gone for good. Gives what is
/// in force. Errors: not_found (no secret with `peer`, or no next one), io, unauthenticated.
Result<crypto::PairSecrets> promote_secret(mesh::Disk& disk, const Layout& at,
                                           const std::string& peer, const Passphrase& passphrase,
                                           Entropy& entropy);
/// Errors: not_found, io, unauthenticated, invalid (naming the file).
Result<crypto::PairSecrets> read_secret(mesh::Disk& disk, const Layout& at,
                                        const std::string& peer, const Passphrase& passphrase);
/// Errors: io, unauthenticated, invalid (naming the file). None there: an empty list.
Result<std::vector<crypto::PairSecrets>> read_secrets(mesh::Disk& disk, const Layout& at,
                                                      const Passphrase& passphrase);

}  // namespace tocsin::agents
