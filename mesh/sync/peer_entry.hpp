// What connections keep of one peer between sessions. For the sources of Connections only.
#pragma once

#include "mesh/sync/address_book.hpp"
#include "mesh/sync/connections.hpp"

namespace tocsin::mesh {

struct Connections::Peer {
  Peer(Loop& loop, PeerConfig from) : config(std::move(from)), wake(loop) {
    book.configure(config.addresses);
  }

  PeerConfig config;
  AgentId agent;  ///< zero until it was met
  std::string name;
  PeerState state = PeerState::connecting;
  std::shared_ptr<Session> sessions[purposes];  ///< by Purpose
  std::size_t lanes = 1;  ///< bulk connections that are of use
  Backoff backoff;
  Event wake;
  AddressBook book;
  bool dialling = false;     ///< a coroutine refers to this entry
  bool next_failed = false;  ///< the other side did not have the next secret of the pair
  Instant dialled{Duration(-std::chrono::hours(1))};
  WallTime last_seen;
  WallTime greeted[purposes];  ///< time of its newest greeting, by Purpose
  std::map<std::string, std::uint64_t> refused;
};

/// Several addresses of one peer, tried at once: the first that ends the handshake stays.
struct Connections::Race {
  Race(Loop& loop, Purpose what) : purpose(what), changed(loop) {}

  Purpose purpose;
  Event changed;
  bool won = false;
  std::size_t running = 0;
  std::vector<Stream*> streams;  ///< of those that run
  Error last{Errc::unreachable, "no address", {}};
};

}  // namespace tocsin::mesh
