// A server that answers and a client that asks, for tests of the simulator.
#pragma once

#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "mesh/world/stream_reader.hpp"
#include "tests/catch.hpp"

namespace tocsin::tests {

using namespace tocsin::mesh;
using namespace std::chrono_literals;

inline Task<void> answer_lines(std::unique_ptr<Stream> stream) {
  StreamReader reader(*stream);
  for (;;) {
    const auto line = co_await reader.read_until('\n', 100'000, -1ns);
    if (!line) co_return;
    const Bytes copy(line->begin(), line->end());
    const auto sent = co_await stream->write(copy, 10s);
    if (!sent) co_return;
  }
}

inline Task<void> serve(World& world, Address at) {
  const auto listener = world.network.listen(at);
  REQUIRE(listener);
  for (;;) {
    auto stream = co_await (*listener)->accept();
    if (!stream) co_return;
    world.loop.spawn(answer_lines(std::move(*stream)));
  }
}

/// Connects again and again until `count` lines have come back; says when each did.
inline Task<void> ask(World& world, Address to, int count,
                      std::vector<Instant>& answered) {
  while (int(answered.size()) < count) {
    const auto stream = co_await world.network.connect(to, 3s);
    if (!stream) {
      world.log.info("{}", stream.error().message);
      co_await sleep(world.loop, 100ms);
      continue;
    }
    StreamReader reader(**stream);
    while (int(answered.size()) < count) {
      const std::string line = fmt::format("line {}\n", answered.size());
      const auto sent = co_await (*stream)->write(bytes_of(line), 2s);
      if (!sent) break;
      const auto back = co_await reader.read_until('\n', 1000, 2s);
      if (!back) break;
      if (text_of(*back) == line) answered.push_back(world.clock.now());
    }
  }
}

inline Task<void> dial(World& world, Address to, Duration timeout,
                       std::optional<Result<std::unique_ptr<Stream>>>& out) {
  auto stream = co_await world.network.connect(to, timeout);
  out.emplace(std::move(stream));
}

inline Task<void> take_one(World& world, Address at, std::unique_ptr<Stream>& out) {
  const auto listener = world.network.listen(at);
  REQUIRE(listener);
  auto stream = co_await (*listener)->accept();
  if (stream) out = std::move(*stream);
}

inline Task<void> read_once(Stream& stream, Duration timeout,
                            std::optional<Result<Bytes>>& out) {
  Bytes room(100'000);
  const auto got = co_await stream.read_some(room, timeout);
  if (got)
    out.emplace(Bytes(room.begin(), room.begin() + std::ptrdiff_t(*got)));
  else
    out.emplace(std::unexpected(got.error()));
}

inline Task<void> write_once(Stream& stream, Bytes bytes, Duration timeout,
                             std::optional<Result<void>>& out) {
  const auto sent = co_await stream.write(bytes, timeout);
  out.emplace(sent);
}

/// Two machines with one stream between them.
struct SimPair {
  explicit SimPair(SimFaults faults = {}, std::uint64_t seed = 1)
      : universe(seed, faults) {
    server.world().loop.spawn(take_one(server.world(), server.address(7700), at_server));
    std::optional<Result<std::unique_ptr<Stream>>> dialled;
    client.world().loop.spawn(dial(client.world(), server.address(7700), 5s, dialled));
    REQUIRE(universe.run_while_not([&] { return dialled && at_server; }, 10s));
    REQUIRE(*dialled);
    at_client = std::move(**dialled);
  }
  std::optional<Result<Bytes>> read(SimMachine& machine, Stream& stream,
                                    Duration timeout) {
    std::optional<Result<Bytes>> out;
    machine.world().loop.spawn(read_once(stream, timeout, out));
    CHECK(universe.run_while_not([&] { return out.has_value(); }, 60s));
    return out;
  }
  std::optional<Result<void>> write(SimMachine& machine, Stream& stream, Bytes bytes,
                                    Duration timeout) {
    std::optional<Result<void>> out;
    machine.world().loop.spawn(write_once(stream, std::move(bytes), timeout, out));
    CHECK(universe.run_while_not([&] { return out.has_value(); }, 60s));
    return out;
  }
  std::string text_at_server(Duration timeout = 5s) {
    const auto got = read(server, *at_server, timeout);
    return *got ? std::string(text_of(**got)) : std::string(name_of(got->error().code));
  }

  SimUniverse universe;
  SimMachine& client = universe.add_machine("client");
  SimMachine& server = universe.add_machine("server");
  std::unique_ptr<Stream> at_client, at_server;
};

}  // namespace tocsin::tests
