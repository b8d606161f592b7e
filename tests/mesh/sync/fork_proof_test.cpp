#include "mesh/sync/fork_proof.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/forked.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("two signed headers for one place prove a fork, in either order") {
  ForkedAgents agents;
  const auto [one, two] = agents.twice("a", "b");
  for (const auto& proof : {proof_of(one, two), proof_of(two, one)}) {
    const auto seen = agents.check(proof);
    REQUIRE(seen);
    CHECK(seen->log == one.header.log);
    CHECK(seen->sequence == 1);
    CHECK(std::set{seen->first, seen->second} == std::set{one.id, two.id});
  }
}

TEST_CASE("a batch that names another one before it proves a fork of that place") {
  ForkedAgents agents;
  const auto [one, two] = agents.twice("a", "b");
  const auto after_two = agents.author().sign(one.header.log, {agents.author().note("after b")});
  REQUIRE(after_two.header.previous == two.id);
  const auto seen = agents.check(proof_of(one, after_two));
  REQUIRE(seen);
  CHECK(seen->sequence == 1);
  CHECK(seen->first == one.id);
  CHECK(seen->second == two.id);
}

TEST_CASE("headers that agree, are the same or speak of two logs prove nothing") {
  ForkedAgents agents;
  const auto [one, two] = agents.twice("a", "b");
  const auto after_two = agents.author().sign(one.header.log, {agents.author().note("after b")});
  auto control = agents.author().sign(agents.author().control_log(), {agents.author().note("c")});
  const auto later = agents.author().sign(one.header.log, {agents.author().note("third")});
  for (const auto& proof : {proof_of(two, after_two), proof_of(one, one), proof_of(one, control),
                            proof_of(one, later)}) {
    const auto seen = agents.check(proof);
    REQUIRE_FALSE(seen);
    CHECK(seen.error().code == Errc::invalid);
  }
}

TEST_CASE("a proof with any altered header or signature is refused") {
  ForkedAgents agents;
  const auto [one, two] = agents.twice("a", "b");
  const auto good = proof_of(one, two);
  for (std::size_t at = 0; at < batch_prefix_bytes; at += 3) {
    auto first = good, second = good;
    first.first[at] ^= 1;
    second.second[at] ^= 1;
    CHECK_FALSE(agents.check(first));
    CHECK_FALSE(agents.check(second));
  }
  auto truncated = good;
  truncated.second.pop_back();
  CHECK_FALSE(agents.check(truncated));
}

TEST_CASE("a proof about an agent that nobody knows is nobody's fault") {
  ForkedAgents agents, strangers(9);
  const auto [one, two] = strangers.twice("a", "b");
  CHECK(agents.check(proof_of(one, two)).error().code == Errc::not_found);
}
