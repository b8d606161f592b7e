#include "mesh/sync/clock_watch.hpp"

#include <limits>

#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

TEST_CASE("an alarm begins once, lasts while a clock is off, and ends with it") {
  ClockWatch watch;
  AgentId peer, other;
  peer.data.fill(1);
  other.data.fill(2);
  const WallTime now{1'795'000'000'000};
  using enum ClockWatch::Verdict;
  CHECK(watch.hear(peer, now + 9min, now) == fits);
  CHECK(watch.hear(peer, now - 10min, now) == fits);
  CHECK(watch.hear(peer, now - 24h, now) == alarm);
  CHECK(watch.hear(peer, now - 24h, now + 1s) == off);
  CHECK(watch.ahead(peer) == -(24h + 1s));
  CHECK(watch.is_off(peer));
  CHECK_FALSE(watch.is_off(other));
  CHECK(watch.hear(peer, now, now) == fits);
  CHECK(watch.hear(other, now + 11min, now) == alarm);
  CHECK(watch.alarms() == 2);
}

TEST_CASE("no time that a peer can say overflows") {
  ClockWatch watch;
  AgentId peer;
  const WallTime now{1'795'000'000'000};
  for (const auto ms : {std::numeric_limits<std::int64_t>::max(),
                        std::numeric_limits<std::int64_t>::min(), std::int64_t(-1)}) {
    (void)watch.hear(peer, {ms}, now);
    CHECK(watch.is_off(peer));
  }
  CHECK(watch.hear(peer, {0}, now) == ClockWatch::Verdict::off);
}

namespace {

// Two organisations on simulated machines. Their certificates hold for a month from an hour ago.
struct Pair {
  SimUniverse universe{9};
  Federation federation{{{"bleu"}, {"delos"}}, universe.wall(), 9};
  SimMachine& bleu_machine = universe.add_machine("bleu-1");
  SimMachine& delos_machine = universe.add_machine("delos-1");
  Notebook notes[2];
  std::unique_ptr<Store> stores[2];
  std::unique_ptr<Node> bleu = open(bleu_machine, 0, {});
  std::unique_ptr<Node> delos;

  ~Pair() {
    bleu_machine.crash();
    delos_machine.crash();
    bleu.reset();
    delos.reset();
  }
  std::unique_ptr<Node> open(SimMachine& machine, std::size_t index,
                             std::vector<PeerConfig> peers) {
    auto& world = machine.world();
    stores[index] = open_memory_store(world, make_memory_backing());
    auto options = federation.options(index);
    options.listen = machine.address(7700).text;
    options.peers = std::move(peers);
    return Node::open(world, *stores[index], std::move(options), {&notes[index]}).value();
  }
  void open_delos() {
    delos = open(delos_machine, 1, {federation.peer(0, {bleu_machine.address(7700).text})});
  }
  static const PeerStatus& only_peer(const std::vector<PeerStatus>& peers) {
    REQUIRE(peers.size() == 1);
    return peers.front();
  }
};

}  // namespace

TEST_CASE("two clocks that differ by half an hour raise the alarm on both sides") {
  Pair pair;
  pair.delos_machine.set_skew(30min);
  pair.open_delos();
  REQUIRE(pair.universe.run_while_not(
      [&] { return pair.bleu->counters().clock_alarms + pair.delos->counters().clock_alarms == 2; },
      30s));
  CHECK(Pair::only_peer(pair.bleu->peers()).clock_ahead > 29min);
  CHECK(Pair::only_peer(pair.delos->peers()).clock_ahead < -29min);
  CHECK(pair.bleu->reachable("delos"));

  // Set right, and heard at the next greeting: with the first record, or the next session.
  pair.delos_machine.set_skew(0s);
  CHECK(pair.universe.run_while_not(
      [&] {
        return !Pair::only_peer(pair.bleu->peers()).clock_off &&
               !Pair::only_peer(pair.delos->peers()).clock_off;
      },
      15min));
  CHECK(pair.bleu->counters().clock_alarms == 1);
}

TEST_CASE("agents whose clocks are a day apart do not talk, and come together once they agree") {
  Pair pair;
  pair.delos_machine.set_skew(24h);
  pair.open_delos();
  REQUIRE(pair.universe.run_for(30s));
  CHECK(pair.bleu->counters().clock_alarms == 1);
  CHECK(pair.delos->counters().clock_alarms == 1);
  const auto seen = pair.bleu->peers();
  CHECK(Pair::only_peer(seen).refused.at("clock") > 0);

  pair.delos_machine.set_skew(0s);
  CHECK(pair.universe.run_while_not(
      [&] {
        return pair.bleu->reachable("delos") && !Pair::only_peer(pair.bleu->peers()).clock_off;
      },
      120s));
  REQUIRE(pair.universe.run_for(10s));
  CHECK(pair.bleu->reachable("delos"));
}

TEST_CASE("this clock is in doubt once more peers contradict it than not") {
  ClockWatch watch;
  const WallTime now{1'795'000'000'000};
  CHECK_FALSE(watch.own_is_doubtful());
  for (std::uint8_t n = 1; n <= 3; ++n) {
    AgentId peer;
    peer.data.fill(n);
    watch.hear(peer, now - 20h, now);
    CHECK(watch.own_is_doubtful());
  }
  for (std::uint8_t n = 4; n <= 6; ++n) {
    AgentId peer;
    peer.data.fill(n);
    watch.hear(peer, now + 1s, now);
  }
  CHECK_FALSE(watch.own_is_doubtful());
}
