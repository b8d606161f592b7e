#include "mesh/world/sim_wires.hpp"

#include "tests/mesh/world/sim_talk.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;
using tests::SimPair;

TEST_CASE("what meets a stalling cut arrives in order once it heals") {
  SimPair pair;
  pair.write(pair.client, *pair.at_client, Bytes(1, 'a'), 1s);
  pair.universe.wires().cut({1}, {2}, SimCut::stall);
  pair.write(pair.client, *pair.at_client, Bytes(1, 'b'), 1s);
  CHECK(pair.text_at_server(30s) == "timeout");
  pair.universe.wires().heal({1}, {2});
  pair.write(pair.client, *pair.at_client, Bytes(1, 'c'), 1s);
  std::string all;
  while (all.size() < 3) all += pair.text_at_server();
  CHECK(all == "abc");
}

TEST_CASE("a resetting cut ends streams on both sides") {
  SimPair pair;
  pair.universe.wires().cut({1}, {2}, SimCut::reset);
  CHECK(pair.text_at_server() == "closed");
  CHECK(pair.read(pair.client, *pair.at_client, 1s)->error().code == Errc::closed);
  CHECK(pair.write(pair.client, *pair.at_client, Bytes(1), 1s)->error().code ==
        Errc::closed);
}

TEST_CASE("a killed program's peer sees a reset, a crashed machine's peer sees nothing") {
  SimPair killed;
  killed.client.kill();
  CHECK(killed.text_at_server() == "closed");

  SimPair crashed;
  crashed.client.crash();
  CHECK(crashed.text_at_server(30s) == "timeout");
  crashed.client.restart();
  crashed.write(crashed.server, *crashed.at_server, Bytes(1), 1s);
  CHECK(crashed.text_at_server() == "closed");
}

TEST_CASE("a link of its own has its own delay, and jitter never reorders one stream") {
  SimPair pair;
  pair.universe.wires().set_link(1, 2, {.delay = 300ms, .jitter = 500ms});
  const auto start = pair.universe.now();
  std::string sent, all;
  for (char c = 'a'; c <= 'z'; ++c) {
    pair.write(pair.client, *pair.at_client, Bytes(1, std::uint8_t(c)), 1s);
    sent += c;
  }
  while (all.size() < sent.size()) all += pair.text_at_server();
  CHECK(all == sent);
  CHECK(pair.universe.now() - start >= 300ms);
}

TEST_CASE("lost segments come later and unlucky streams are reset") {
  SimFaults faults;
  faults.link.stall = 1;
  SimPair slow(faults);
  const auto start = slow.universe.now();
  slow.write(slow.client, *slow.at_client, Bytes(1, 'a'), 1s);
  CHECK(slow.text_at_server() == "a");
  CHECK(slow.universe.now() - start >= 200ms);

  SimPair unlucky;
  unlucky.universe.wires().set_link(1, 2, {.reset = 1});
  unlucky.write(unlucky.client, *unlucky.at_client, Bytes(1, 'a'), 1s);
  CHECK(unlucky.text_at_server() == "closed");
}

TEST_CASE("a machine without a cut is not held up by one elsewhere") {
  SimUniverse universe(1);
  for (const auto* name : {"a", "b", "c"}) universe.add_machine(name);
  universe.wires().cut({1}, {2}, SimCut::stall);
  CHECK(universe.wires().is_cut(2, 1));
  CHECK_FALSE(universe.wires().is_cut(1, 3));
}
