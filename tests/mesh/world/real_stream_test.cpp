#include "mesh/world/real_stream.hpp"

#include "tests/mesh/world/connected.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;
using tests::connected;

namespace {

Task<void> read_into(Stream& stream, Duration timeout, std::optional<Error>& out) {
  Bytes some(10);
  const auto got = co_await stream.read_some(some, timeout);
  if (!got) out = got.error();
}

Task<Errc> error_of_read(World& world, Stream& stream, Duration timeout) {
  std::optional<Error> error;
  world.loop.spawn(read_into(stream, timeout, error));
  for (int i = 0; i < 2000 && !error; ++i) co_await sleep(world.loop, 1ms);
  REQUIRE(error);
  co_return error->code;
}

Task<Errc> read_times_out(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  const auto pair = co_await connected(world, **listener);
  co_return co_await error_of_read(world, *pair.client, 5ms);
}

Task<Errc> closed_while_reading(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  const auto pair = co_await connected(world, **listener);
  Stream* client = pair.client.get();
  world.loop.after(5ms, [client] { client->close(); });
  co_return co_await error_of_read(world, *pair.client, -1ns);
}

Task<Errc> peer_gone_while_reading(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  auto pair = co_await connected(world, **listener);
  const auto half = co_await pair.server->write(bytes_of("half"), 1s);
  REQUIRE(half);
  pair.server.reset();
  Bytes wanted(8);
  const auto got = co_await read_exactly(*pair.client, wanted, 5s);
  REQUIRE_FALSE(got);
  co_return got.error().code;
}

Task<Errc> write_to_nobody_reading(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  const auto pair = co_await connected(world, **listener);
  const Bytes much(64 << 20);
  const auto sent = co_await pair.client->write(much, 50ms);
  REQUIRE_FALSE(sent);
  co_return sent.error().code;
}

Task<void> tcp_tells_no_credentials(World& world) {
  const auto listener = world.network.listen({"127.0.0.1:0"});
  const auto pair = co_await connected(world, **listener);
  CHECK(pair.server->credentials().error().code == Errc::unsupported);
  CHECK(pair.client->remote() == (*listener)->address());
  CHECK(pair.server->remote().text.starts_with("127.0.0.1:"));
}

}  // namespace

TEST_CASE("a read ends by time-out, by closing and when the peer goes") {
  RealWorld real;
  CHECK(real.complete(read_times_out(real.world())) == Errc::timeout);
  CHECK(real.complete(closed_while_reading(real.world())) == Errc::closed);
  CHECK(real.complete(peer_gone_while_reading(real.world())) == Errc::closed);
}

TEST_CASE("a write that nobody reads times out") {
  RealWorld real;
  CHECK(real.complete(write_to_nobody_reading(real.world())) == Errc::timeout);
}

TEST_CASE("a TCP stream knows its remote address but no credentials") {
  RealWorld real;
  real.complete(tcp_tells_no_credentials(real.world()));
}
