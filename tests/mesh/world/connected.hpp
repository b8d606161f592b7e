// Two ends of a real connection, for tests of streams and listeners.
#pragma once

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

namespace tocsin::tests {

using namespace tocsin::mesh;
using namespace std::chrono_literals;

struct Pair {
  std::unique_ptr<Stream> client, server;
};

inline Task<void> accept_into(Listener& listener, std::unique_ptr<Stream>& out) {
  auto accepted = co_await listener.accept();
  if (accepted) out = std::move(*accepted);
}

inline Task<Pair> connected(World& world, Listener& listener) {
  Pair pair;
  world.loop.spawn(accept_into(listener, pair.server));
  auto client = co_await world.network.connect(listener.address(), 5s);
  REQUIRE(client);
  pair.client = std::move(*client);
  while (!pair.server) co_await sleep(world.loop, 1ms);
  co_return pair;
}

}  // namespace tocsin::tests
