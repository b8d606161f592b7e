// One agent's HOME as command, daemon and drill open it.
#pragma once

#include "agents/home/config.hpp"
#include "agents/home/layout.hpp"
#include "crypto/charter.hpp"
#include "crypto/handshake.hpp"
#include "crypto/keystore.hpp"

namespace tocsin::agents {

using Passphrase = std::optional<std::string>;

struct AgentKeys {
  crypto::SigningKey signing;
  crypto::ExchangeKey channel, sealing;
};

/// A partner as `peer add` took it in.
struct PeerFile {
  crypto::Card card;
  std::vector<std::string> addresses;  ///< replace the card's when there are any
};

/// A HOME without its secrets: what can be read without a passphrase.
struct PublicHome {
  Layout at;
  std::string org, agent;
  PublicKey signing;                       ///< this agent's
  crypto::Card card;                       ///< this organisation's, as last signed by its root
  Config config;
  std::optional<crypto::Charter> charter;  ///< once accepted
  std::vector<PeerFile> peers;             ///< by organisation
  bool has_passphrase = false;

  /// Errors: not_found (no home, or no charter: says which command makes it).
  Result<const crypto::Charter*> agreed() const;
  /// CIDRs and domains of all partners, from charter and cards; sorted, distinct.
  std::vector<std::string> partner_networks() const;
};
/// Errors: not_found (no home here), io, invalid and unauthenticated (naming the file).
Result<PublicHome> read_home(mesh::Disk& disk, const Path& home);
/// The same with another configuration file.
Result<PublicHome> read_home(mesh::Disk& disk, const Path& home, const Path& config);

/// A HOME with its keys: what an agent runs on.
struct Home {
  PublicHome open;
  AgentKeys keys;
  std::vector<crypto::PairSecrets> secrets;  ///< by organisation, the own one among them
};
/// Errors: as read_home; unauthenticated (wrong or missing passphrase).
Result<Home> unlock_home(mesh::Disk& disk, PublicHome home, const Passphrase& passphrase);

/// The agent keys of keys.bin. Errors: not_found, unauthenticated, invalid.
Result<AgentKeys> read_agent_keys(mesh::Disk& disk, const Layout& at,
                                  const Passphrase& passphrase);
/// Errors: io.
Result<void> write_agent_keys(mesh::Disk& disk, const Layout& at, const AgentKeys& keys,
                              const Passphrase& passphrase, Entropy& entropy);

/// A file as text without a byte order mark. Errors: not_found, io, too_large, invalid (UTF-16, a
/// picture and the like); each names the file.
Result<std::string> read_text(mesh::Disk& disk, const Path& file,
                              std::size_t bytes_max = document_bytes_max);

}  // namespace tocsin::agents
