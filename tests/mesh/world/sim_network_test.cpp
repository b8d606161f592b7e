#include "mesh/world/sim_network.hpp"

#include "tests/mesh/world/sim_talk.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

Errc dial_error(SimUniverse& universe, SimMachine& from, Address to) {
  std::optional<Result<std::unique_ptr<Stream>>> out;
  from.world().loop.spawn(dial(from.world(), to, 2s, out));
  REQUIRE(universe.run_while_not([&] { return out.has_value(); }, 10s));
  REQUIRE_FALSE(*out);
  return out->error().code;
}

Task<void> receive_one(World& world, Address at, std::string& out) {
  const auto socket = world.network.bind_datagrams(at);
  REQUIRE(socket);
  const auto got = co_await (*socket)->receive();
  REQUIRE(got);
  out = got->from.text + " " + std::string(text_of(got->bytes));
}

}  // namespace

TEST_CASE("dialling tells a refusal from silence") {
  SimUniverse universe(1);
  auto& a = universe.add_machine("a");
  auto& b = universe.add_machine("b");
  CHECK(dial_error(universe, a, b.address(7700)) == Errc::unreachable);
  CHECK(dial_error(universe, a, Address("10.0.0.99:1")) == Errc::timeout);
  CHECK(dial_error(universe, a, Address("nonsense")) == Errc::invalid);
  b.crash();
  CHECK(dial_error(universe, a, b.address(7700)) == Errc::timeout);
}

TEST_CASE("a dialler that waits gets through when the link heals in time") {
  SimUniverse universe(1);
  auto& a = universe.add_machine("a");
  auto& b = universe.add_machine("b");
  std::unique_ptr<Stream> accepted;
  b.world().loop.spawn(take_one(b.world(), Address("0.0.0.0:7700"), accepted));
  universe.wires().cut({1}, {2}, SimCut::stall);
  universe.at(3s, [&] { universe.wires().heal(); });
  std::optional<Result<std::unique_ptr<Stream>>> out;
  a.world().loop.spawn(dial(a.world(), b.address(7700), 5s, out));
  REQUIRE(universe.run_for(10s));
  CHECK(accepted);
  CHECK(accepted->remote().text.starts_with(a.host() + ":"));
  REQUIRE(out.has_value());
  CHECK((*out).value()->remote() == b.address(7700));
}

TEST_CASE("Unix sockets and loopback stay inside their machine") {
  SimUniverse universe(1);
  auto& a = universe.add_machine("a");
  auto& b = universe.add_machine("b");
  std::unique_ptr<Stream> accepted;
  a.world().loop.spawn(take_one(a.world(), Address("unix:/run/agent.sock"), accepted));
  CHECK(dial_error(universe, b, Address("unix:/run/agent.sock")) == Errc::unreachable);
  std::optional<Result<std::unique_ptr<Stream>>> out;
  a.world().loop.spawn(dial(a.world(), Address("unix:/run/agent.sock"), 2s, out));
  REQUIRE(universe.run_for(1s));
  REQUIRE(accepted);
  CHECK(accepted->credentials().value().uid == a.world().processes.uid());
  REQUIRE(a.world().network.listen(Address("127.0.0.1:80")));
  CHECK(dial_error(universe, b, Address("127.0.0.1:80")) == Errc::unreachable);
}

TEST_CASE("an address is taken once, and only on its own machine") {
  SimUniverse universe(1);
  auto& a = universe.add_machine("a");
  auto& b = universe.add_machine("b");
  auto& network = a.world().network;
  const auto first = network.listen(a.address(0)).value();
  CHECK(first->address() != a.address(0));
  CHECK(network.listen(first->address()).error().code == Errc::io);
  CHECK(network.listen(b.address(80)).error().code == Errc::io);
  first->close();
  CHECK(network.listen(first->address()));
}

TEST_CASE("a datagram reaches whoever receives there") {
  SimUniverse universe(1);
  auto& a = universe.add_machine("a");
  std::string got;
  a.world().loop.spawn(receive_one(a.world(), a.address(514), got));
  const auto text = bytes_of("<13>hello");
  universe.wires().send_datagram(0, Address("192.0.2.7:9"), a.address(514),
                                 Bytes(text.begin(), text.end()));
  REQUIRE(universe.run_for(1s));
  CHECK(got == "192.0.2.7:9 <13>hello");
}
