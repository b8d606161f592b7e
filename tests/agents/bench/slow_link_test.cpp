#include "agents/bench/slow_link.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;
using namespace std::chrono_literals;

namespace {

struct Timed {
  Duration round_trip{}, bulk{};
  std::uint64_t bytes_back = 0;
  bool right = true, ended = false;
};

mesh::Task<Timed> talk(mesh::World& world) {
  constexpr Duration limit = 10s;
  auto listener = world.network.listen(mesh::Address("127.0.0.1:0"));
  const auto link = SlowLink::open(world, (*listener)->address().text, {1'000'000, 20ms});
  auto connecting = world.network.connect(mesh::Address((*link)->address()), limit);
  auto near = co_await connecting;
  auto accepting = (*listener)->accept();
  auto far = co_await accepting;
  Timed out;
  const auto begun = world.clock.now();
  const Bytes ping(5, 1), load(100'000, 7);
  Bytes got(5);
  auto asking = (*near)->write(ping, limit);
  (void)co_await asking;
  auto hearing = mesh::read_exactly(**far, got, limit);
  (void)co_await hearing;
  out.right = got == ping;
  auto answering = (*far)->write(load, limit);
  (void)co_await answering;
  got.resize(1);
  auto first = mesh::read_exactly(**near, got, limit);
  (void)co_await first;
  out.round_trip = world.clock.now() - begun;
  got.resize(load.size() - 1);
  auto rest = mesh::read_exactly(**near, got, limit);
  (void)co_await rest;
  out.bulk = world.clock.now() - begun;
  out.right = out.right && got == Bytes(load.size() - 1, 7);
  out.bytes_back = (*link)->bytes_back();
  (*far)->close();
  auto ending = (*near)->read_some(got, limit);
  out.ended = !(co_await ending);
  co_return out;
}

}  // namespace

TEST_CASE("a slow link delays and limits what crosses it, and loses nothing") {
  mesh::RealWorld machine;
  const auto out = machine.complete(talk(machine.world()));
  CHECK(out.right);
  CHECK(out.ended);
  CHECK(out.round_trip >= 40ms);
  CHECK(out.bulk >= 140ms);  // 100 kB at 1 MB/s and the way there and back
  CHECK(out.bytes_back <= 100'000);
  CHECK(out.bytes_back >= 100'000 - SlowLink::piece_max);
}
