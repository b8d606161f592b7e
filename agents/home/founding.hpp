// Makes what did not exist: an organisation with its root, and a HOME for its agent.
#pragma once

#include "agents/home/home.hpp"

namespace tocsin::agents {

struct RootKeys {
  crypto::SigningKey root;
};
/// Errors: not_found (no root in `folder`), unauthenticated.
Result<RootKeys> read_root(mesh::Disk& disk, const Path& folder, const Passphrase& passphrase);
/// The key that installs a new root where the old one is lost. Errors: as read_root.
Result<crypto::SigningKey> read_recovery(mesh::Disk& disk, const Path& folder,
                                         const Passphrase& passphrase);
/// New root and recovery keys in `folder`. Errors: refused (it holds a root already), io.
struct NewRoot {
  crypto::SigningKey root, recovery;
};
Result<NewRoot> make_root(mesh::Disk& disk, Entropy& entropy, const Path& folder,
                          const Passphrase& passphrase);

struct Founding {
  Path home, root_folder;  ///< absolute, without symbolic links
  std::string org, name, country;
  crypto::OrgRole role{};
  std::string listen;
  std::vector<std::string> addresses;  ///< empty: `listen`, unless that is a wildcard
  Passphrase passphrase;               ///< none: all keys stand in clear
  Path recovery_folder = {};    ///< empty: with the root, to be moved elsewhere by hand
};
struct Founded {
  std::string org, agent;
};
/// Errors, all before anything is written: usage (a name, country or address of wrong form),
/// refused (the root would lie in HOME; HOME or a root is there already); io.
Result<Founded> found_organisation(mesh::Disk& disk, Entropy& entropy, const Founding& wish);

/// The card with what the configuration says now (addresses, own networks). Where that differs
/// from the signed card, `root` signs it anew and HOME keeps it. Errors: refused (it differs and
/// there is no root to sign it).
Result<std::string> current_card(mesh::Disk& disk, const PublicHome& home,
                                 const crypto::SigningKey* root);

/// True when `inner` is `outer` or lies below it; both absolute.
bool lies_below(const Path& inner, const Path& outer);

}  // namespace tocsin::agents
