#include "mesh/sync/peer_policy.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}

}  // namespace

TEST_CASE("each wait before dialling again is twice the last, to one second, less a quarter") {
  tests::SeededEntropy entropy(3);
  Backoff backoff;
  for (int round = 0; round < 20; ++round) {
    Duration nominal = 100ms;
    for (int i = 0; i < 8; ++i) {
      const auto wait = backoff.next(entropy);
      CHECK(wait <= nominal);
      CHECK(wait > nominal * 3 / 4);
      nominal = std::min<Duration>(nominal * 2, 1s);
    }
    backoff.reset();
  }
}

TEST_CASE("two agents that failed together do not try again together") {
  tests::SeededEntropy entropy(4);
  Backoff one, other;
  CHECK(one.next(entropy) != other.next(entropy));
}

TEST_CASE("of two connections from one side the newer stays") {
  CHECK(replaces({true, {}}, {true, {}}, agent(1), agent(2)));
  CHECK(replaces({false, {}}, {false, {}}, agent(1), agent(2)));
}

TEST_CASE("of two connections from both sides both keep the one that the smaller id dialled") {
  // Dialled by agent 1, while the one that agent 2 dialled is held; and the other way about.
  CHECK(replaces({true, {}}, {false, {}}, agent(1), agent(2)));
  CHECK(replaces({false, {}}, {true, {}}, agent(2), agent(1)));
  CHECK_FALSE(replaces({false, {}}, {true, {}}, agent(1), agent(2)));
  CHECK_FALSE(replaces({true, {}}, {false, {}}, agent(2), agent(1)));
}

TEST_CASE("a connection that has been silent for long gives way to any other") {
  CHECK_FALSE(replaces({false, {}}, {true, doubtful_silence - 1ns}, agent(1), agent(2)));
  CHECK(replaces({false, {}}, {true, doubtful_silence}, agent(1), agent(2)));
}

TEST_CASE("greetings carry growing times when the clock stands still or goes back") {
  GreetingClock clock;
  CHECK(clock.next(WallTime{5000}) == WallTime{5000});
  CHECK(clock.next(WallTime{5000}) == WallTime{5001});
  CHECK(clock.next(WallTime{100}) == WallTime{5002});
  CHECK(clock.next(WallTime{9000}) == WallTime{9000});
}
