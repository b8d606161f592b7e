// What connections keep of one peer between sessions. For the sources of Connections only.
#pragma once

#include "mesh/sync/connections.hpp"

namespace tocsin::mesh {

struct Connections::Peer {
  Peer(Loop& loop, PeerConfig from) : config(std::move(from)), wake(loop) {}

  PeerConfig config;
  AgentId agent;  ///< zero until it was met
  std::string name;
  PeerState state = PeerState::connecting;
  std::shared_ptr<Session> sessions[purposes];  ///< by Purpose
  std::size_t lanes = 1;  ///< bulk connections that are of use
  Backoff backoff;
  Event wake;
  std::size_t tries = 0;
  bool next_failed = false;  ///< the other side did not have the next secret of the pair
  Instant dialled{Duration(-std::chrono::hours(1))};
  WallTime last_seen;
  WallTime greeted[purposes];  ///< time of its newest greeting, by Purpose
  std::map<std::string, std::uint64_t> refused;
};

}  // namespace tocsin::mesh
