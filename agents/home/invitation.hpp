// Card, shared secret and charter in one file for a partner.
#pragma once

#include <functional>

#include "agents/home/home.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::agents {

struct Invited {
  std::string peer;
  std::string file;                      ///< of make_invitation: the file's text
  std::vector<std::string> fingerprint;  ///< of the content: the same on both sides
  bool sealed = false;   ///< to the partner's agents, whose card was known
  bool charter = false;  ///< one is in it; accepted where all signatures are there
};

/// Puts the file's text where the partner's copy belongs.
using HandOver = std::function<Result<void>(std::string_view file)>;

/// Makes a secret shared with `peer`, installs it here, and puts it with our card and charter
/// into a file. Where the partner's card is known the content is sealed to its agents' keys;
/// otherwise it is readable by whoever holds the file, and `sealed` says so. Errors: usage (no
/// organisation's id, our own), io, unauthenticated. `hand_over` is called before the secret is
/// installed: where it fails, nothing has changed here.
Result<Invited> make_invitation(mesh::World& world, const PublicHome& home, std::string_view peer,
                                const Passphrase& passphrase, const HandOver& hand_over = {});

/// Installs what a partner's file holds; a charter that is not acceptable yet is left beside as
/// HOME/charter.offered.json. Errors: invalid, unauthenticated, refused (for somebody else), io.
Result<Invited> accept_invitation(mesh::World& world, const PublicHome& home,
                                  std::string_view file, const Passphrase& passphrase);

}  // namespace tocsin::agents
