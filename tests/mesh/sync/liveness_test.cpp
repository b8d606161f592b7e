#include "mesh/sync/liveness.hpp"

#include <set>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}

// Ticks four times a second; every agent is heard at each tick unless it is silent.
struct Watch {
  Liveness liveness;
  std::vector<Liveness::Peer> peers;
  std::set<std::uint8_t> silent;
  std::vector<Liveness::Ask> asked;
  Instant now;

  explicit Watch(std::vector<std::pair<std::uint8_t, std::string_view>> agents) {
    for (const auto& [n, org] : agents) peers.push_back({agent(n), org, now});
  }
  void pass(Duration time) {
    for (const auto until = now + time; now < until;) {
      now = now + Liveness::tick_every;
      for (auto& peer : peers)
        if (!silent.contains(peer.agent.data[0])) peer.heard = now;
      for (const auto& ask : liveness.tick(now, peers)) asked.push_back(ask);
    }
  }
};

}  // namespace

TEST_CASE("an agent that fell silent is suspect within two and a half seconds, others are not") {
  Watch watch({{1, "bleu"}, {2, "bleu"}, {3, "sncf"}});
  watch.pass(2s);
  watch.silent = {1};
  watch.pass(1250ms);
  CHECK_FALSE(watch.liveness.suspects(agent(1)));
  CHECK(watch.asked.empty());
  watch.pass(1000ms);
  CHECK(watch.liveness.suspects(agent(1)));
  CHECK_FALSE(watch.liveness.suspects(agent(2)));
  REQUIRE(watch.asked.size() == 1);  // Its neighbour was asked, who did not hear it either.
  CHECK(watch.asked[0] == Liveness::Ask{agent(2), agent(1), 1});
  watch.silent.clear();
  watch.pass(250ms);
  CHECK_FALSE(watch.liveness.suspects(agent(1)));
}

TEST_CASE("an agent that its neighbour hears is not suspect, as long as the neighbour says so") {
  Watch watch({{1, "bleu"}, {2, "bleu"}});
  watch.silent = {1};
  watch.pass(1500ms);
  REQUIRE(watch.asked.size() == 1);
  watch.liveness.answered(agent(1), watch.asked[0].nonce, true);
  watch.pass(500ms);
  CHECK_FALSE(watch.liveness.suspects(agent(1)));
  REQUIRE(watch.asked.size() == 2);
  watch.liveness.answered(agent(1), watch.asked[0].nonce, true);  // Of the question before.
  watch.pass(500ms);
  CHECK(watch.liveness.suspects(agent(1)));
}

TEST_CASE("a neighbour of another organisation is not asked, and a silent one neither") {
  Watch watch({{1, "bleu"}, {2, "sncf"}, {3, "bleu"}});
  watch.silent = {1, 3};
  watch.pass(1500ms);
  CHECK(watch.asked.empty());
  CHECK(watch.liveness.suspects(agent(1)));
}

TEST_CASE("an agent whose own loop is late is patient with others, and less so once it is well") {
  Watch watch({{1, "bleu"}, {2, "bleu"}, {3, "bleu"}, {4, "bleu"}, {5, "bleu"}});
  watch.pass(1s);
  for (int i = 0; i < 2; ++i) {
    watch.now = watch.now + 1s;  // Nothing ran in the meantime.
    watch.pass(250ms);
  }
  CHECK(watch.liveness.bad_health() == 2);
  watch.silent = {1};
  watch.pass(1500ms);
  CHECK(watch.asked.empty());
  watch.pass(3s);
  CHECK(watch.liveness.bad_health() == 0);
  CHECK(watch.liveness.suspects(agent(1)));
}

TEST_CASE("when most of the others are silent at once, the fault is sought here first") {
  Watch watch({{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}});
  watch.silent = {1, 2, 3};
  watch.pass(1500ms);
  CHECK(watch.liveness.bad_health() > 0);
  CHECK_FALSE(watch.liveness.suspects(agent(1)));
  watch.pass(1750ms);  // No longer than the session itself would have waited.
  CHECK(watch.liveness.suspects(agent(1)));
}
