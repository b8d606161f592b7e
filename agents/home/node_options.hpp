// What a mesh node needs, put together from a HOME.
#pragma once

#include "agents/home/home.hpp"
#include "mesh/sync/node.hpp"

namespace tocsin::agents {

/// Partners' agents and where to dial them. The first that applies: [[peer]] of agent.toml, the
/// address given to `peer add`, the card given to it, the charter.
std::vector<mesh::PeerConfig> peer_configs(const PublicHome& home);
/// The agents of one card, with `addresses` in place of theirs when there are any.
std::vector<mesh::PeerConfig> peer_configs(const PeerFile& peer);

/// Copies the keys out of `home`. Errors: not_found (no charter, no certificate).
Result<mesh::NodeOptions> node_options(const Home& home);

}  // namespace tocsin::agents
