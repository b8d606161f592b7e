#include "mesh/world/sim_universe.hpp"

#include <set>

#include "tests/mesh/world/sim_talk.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

struct Run {
  std::uint64_t hash, events;
  std::size_t answered;
  bool operator==(const Run&) const = default;
};

/// Two clients and a server under all faults, with a crash and a partition.
Run noisy_run(std::uint64_t seed) {
  SimUniverse universe(seed, SimFaults::drawn(seed));
  auto& server = universe.add_machine("server");
  auto& one = universe.add_machine("one");
  auto& two = universe.add_machine("two");
  std::vector<Instant> by_one, by_two;
  server.world().loop.spawn(serve(server.world(), server.address(7700)));
  one.world().loop.spawn(ask(one.world(), server.address(7700), 50, by_one));
  two.world().loop.spawn(ask(two.world(), server.address(7700), 50, by_two));
  universe.at(500ms, [&] { universe.wires().cut({1}, {2}, SimCut::stall); });
  universe.at(1s, [&] {
    server.crash();
    universe.wires().heal();
  });
  universe.at(4s, [&] {
    server.restart();
    server.world().loop.spawn(serve(server.world(), server.address(7700)));
  });
  REQUIRE(universe.run_until(10min));
  return {universe.trace_hash(), universe.events(), by_one.size() + by_two.size()};
}

Task<void> spin(Loop& loop) {
  for (;;) co_await sleep(loop, Duration(0));
}

}  // namespace

TEST_CASE("the same seed gives the same trace, other seeds give others, all get there") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const auto run = noisy_run(seed);
    CHECK(run.answered == 100);
    CHECK(run == noisy_run(seed));
    hashes.insert(run.hash);
  }
  CHECK(hashes.size() == 20);
}

TEST_CASE("a program that spins without time passing is stopped") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  machine.world().loop.spawn(spin(machine.world().loop));
  universe.set_events_max(1000);
  const auto run = universe.run_for(1s);
  REQUIRE_FALSE(run);
  CHECK(run.error().code == Errc::full);
}

TEST_CASE("time stands where it was asked to, with or without events") {
  SimUniverse universe(1);
  CHECK_FALSE(universe.step());
  REQUIRE(universe.run_for(5s));
  CHECK(universe.now() == 5s);
  int ran = 0;
  universe.at(7s, [&] { ++ran; });
  REQUIRE(universe.run_until(6s));
  CHECK(ran == 0);
  CHECK(universe.run_while_not([&] { return ran == 1; }, 10s));
  CHECK(universe.now() == 7s);
  CHECK(universe.run_while_not([&] { return ran == 2; }, 10s).error().code ==
        Errc::timeout);
  CHECK(universe.now() == 17s);
}
