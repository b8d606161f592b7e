// Partners' cards as `peer add` keeps them in HOME/peers.
#pragma once

#include "agents/home/home.hpp"

namespace tocsin::agents {

/// Keeps `card_json` (checked) with `addresses`. Errors: invalid, usage (too many addresses),
/// unauthenticated, refused (the charter knows another root for this organisation, or the card is
/// our own), io.
Result<PeerFile> add_peer(mesh::Disk& disk, const PublicHome& home, std::string_view card_json,
                          std::vector<std::string> addresses);
/// Errors: io, invalid (naming the file). No folder: an empty list.
Result<std::vector<PeerFile>> read_peers(mesh::Disk& disk, const Layout& at);

}  // namespace tocsin::agents
