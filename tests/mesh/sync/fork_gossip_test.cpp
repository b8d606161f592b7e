#include "mesh/sync/fork_gossip.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/forked.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

struct Rig : ForkedAgents {
  Rig() : book(*other().store), gossip(book) {}
  void learn(std::uint64_t epoch) {
    const auto [one, two] = twice("a", "b", epoch);
    const auto proof = proof_of(one, two);
    REQUIRE(book.add(*read_fork_proof(proof), proof) == ForkBook::Added::fresh);
  }
  std::size_t shown(const AgentId& peer) {
    std::size_t out = 0;
    for (; gossip.next(peer); ++out) gossip.sent(peer);
    return out;
  }
  ForkBook book;
  ForkGossip gossip;
  const AgentId one = federation.agents[0].id, two = federation.agents[1].id;
  const Instant start{10s};
};

}  // namespace

TEST_CASE("what was known before goes to a peer that shows another digest, and only to it") {
  Rig rig;
  rig.learn(1);
  rig.learn(2);
  rig.gossip.connected(rig.one);
  rig.gossip.connected(rig.two);
  CHECK(rig.shown(rig.one) == 0);
  rig.gossip.greeted(rig.one, {}, rig.start);
  rig.gossip.greeted(rig.two, rig.book.digest(), rig.start);
  CHECK(rig.shown(rig.one) == 2);
  CHECK(rig.shown(rig.two) == 0);
}

TEST_CASE("what is learned goes to every connected peer once, and not to who brought it") {
  Rig rig;
  rig.gossip.connected(rig.one);
  rig.gossip.connected(rig.two);
  rig.learn(1);
  rig.gossip.held_by(rig.two, 0);
  CHECK(rig.shown(rig.one) == 1);
  CHECK(rig.shown(rig.one) == 0);
  CHECK(rig.shown(rig.two) == 0);
}

TEST_CASE("nothing is repeated on a reconnect to a peer that holds the same") {
  Rig rig;
  rig.gossip.connected(rig.one);
  rig.learn(1);
  REQUIRE(rig.shown(rig.one) == 1);
  rig.gossip.gone(rig.one);
  CHECK_FALSE(rig.gossip.next(rig.one));
  rig.gossip.connected(rig.one);
  rig.gossip.greeted(rig.one, rig.book.digest(), rig.start);
  CHECK(rig.shown(rig.one) == 0);
}

TEST_CASE("a peer whose digest stays another one is shown all again, but seldom") {
  Rig rig;
  rig.learn(1);
  rig.gossip.connected(rig.one);
  rig.gossip.greeted(rig.one, {}, rig.start);
  rig.learn(2);
  REQUIRE(rig.shown(rig.one) == 2);
  rig.gossip.greeted(rig.one, {}, rig.start + (ForkGossip::show_again - 1ns));
  CHECK(rig.shown(rig.one) == 0);
  rig.gossip.greeted(rig.one, {}, rig.start + ForkGossip::show_again);
  CHECK(rig.shown(rig.one) == 2);
}
