// Where everything lies in one agent's HOME, so that command, daemon and drill agree.
#pragma once

#include "mesh/world/disk.hpp"

namespace tocsin::agents {

using mesh::Path;

struct Layout {
  Path home;

  Path config() const { return home / "agent.toml"; }
  Path identity() const { return home / "agent.json"; }    ///< org, agent and public key
  Path keys() const { return home / "keys.bin"; }          ///< signing, channel, sealing
  Path card() const { return home / "card.json"; }         ///< signed by the root
  Path charter() const { return home / "charter.json"; }   ///< with everyone's certificates
  Path analysts() const { return home / "analysts"; }      ///< NAME.cert
  Path analyst(std::string_view name) const {
    return analysts() / (std::string(name) + ".cert");
  }
  Path secrets() const { return home / "psk"; }
  Path secret(std::string_view org) const { return secrets() / std::string(org); }
  Path peers() const { return home / "peers"; }
  Path peer(std::string_view org) const { return peers() / (std::string(org) + ".json"); }
  Path revocations() const { return home / "revocations"; }  ///< of the root; the agent shares them
  Path store() const { return home / "store"; }
  Path socket() const { return home / "agent.sock"; }
};

/// The folder that holds an organisation's root: outside every HOME, offline by habit.
struct RootLayout {
  Path folder;

  Path root() const { return folder / "root.bin"; }
  Path recovery() const { return folder / "recovery.bin"; }
  Path card() const { return folder / "card.json"; }
};

inline constexpr std::size_t key_file_bytes_max = 64 * 1024;
inline constexpr std::size_t document_bytes_max = 16 * 1024 * 1024;

}  // namespace tocsin::agents
