#include "mesh/world/sim_connection.hpp"

#include "tests/mesh/world/sim_talk.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;
using tests::SimPair;

TEST_CASE("bytes cross a simulated stream in order, after the link's delay") {
  SimPair pair;
  const auto start = pair.universe.now();
  pair.write(pair.client, *pair.at_client, Bytes(10, 'a'), 1s);
  CHECK(pair.universe.now() == start);
  CHECK(pair.text_at_server() == "aaaaaaaaaa");
  CHECK(pair.universe.now() - start >= 2ms);
}

TEST_CASE("a simulated read times out, and ends when either side closes") {
  SimPair pair;
  CHECK(pair.text_at_server(50ms) == "timeout");
  pair.write(pair.client, *pair.at_client, Bytes(1, 'a'), 1s);
  pair.at_client->close();
  CHECK(pair.text_at_server() == "a");
  CHECK(pair.text_at_server() == "closed");
  const auto own = pair.read(pair.client, *pair.at_client, 1s);
  CHECK(own->error().code == Errc::closed);
  const auto late = pair.write(pair.server, *pair.at_server, Bytes(1, 'b'), 1s);
  CHECK(late->error().code == Errc::closed);
}

TEST_CASE("closing ends a read that is under way") {
  SimPair pair;
  std::optional<Result<Bytes>> got;
  pair.server.world().loop.spawn(tests::read_once(*pair.at_server, -1ns, got));
  pair.at_server->close();
  REQUIRE(pair.universe.run_for(1s));
  REQUIRE(got.has_value());
  CHECK(got->error().code == Errc::closed);
}

TEST_CASE("a writer waits once the window is full, and goes on as the reader reads") {
  SimPair pair;
  const auto stuck =
      pair.write(pair.client, *pair.at_client, Bytes(sim_window_bytes + 1, 'x'), 100ms);
  CHECK(stuck->error().code == Errc::timeout);
  std::size_t read = 0;
  while (read < sim_window_bytes) read += pair.text_at_server().size();
  CHECK(read == sim_window_bytes);
  CHECK(*pair.write(pair.client, *pair.at_client, Bytes(1000, 'y'), 100ms));
}
