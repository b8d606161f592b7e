#include "agents/bench/counted_network.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

namespace {

mesh::Task<std::uint64_t> talk(mesh::World& world) {
  CountedNetwork network(world.network);
  auto listener = network.listen(mesh::Address("127.0.0.1:0"));
  auto connecting = network.connect((*listener)->address(), std::chrono::seconds(5));
  auto near = co_await connecting;
  auto accepting = (*listener)->accept();
  auto far = co_await accepting;
  const Bytes sent(7, 1);
  Bytes got(7);
  auto writing = (*near)->write(sent, std::chrono::seconds(5));
  (void)co_await writing;
  auto reading = mesh::read_exactly(**far, got, std::chrono::seconds(5));
  (void)co_await reading;
  const Bytes answer(5, 2);
  auto answering = (*far)->write(answer, std::chrono::seconds(5));
  (void)co_await answering;
  got.resize(5);
  auto hearing = mesh::read_exactly(**near, got, std::chrono::seconds(5));
  (void)co_await hearing;
  co_return network.bytes();
}

}  // namespace

TEST_CASE("bytes are counted in both directions of a dialled stream") {
  mesh::RealWorld machine;
  CHECK(machine.complete(talk(machine.world())) == 12);
}
