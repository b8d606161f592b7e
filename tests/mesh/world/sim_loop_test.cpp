#include "mesh/world/sim_loop.hpp"

#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

Task<void> tick(World& world, int& ticks) {
  for (;;) {
    co_await sleep(world.loop, 1s);
    ++ticks;
  }
}

}  // namespace

TEST_CASE("an hour of a simulated machine passes at once") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  int ticks = 0;
  machine.world().loop.spawn(tick(machine.world(), ticks));
  REQUIRE(universe.run_for(1h));
  CHECK(ticks == 3600);
  CHECK(machine.world().clock.now() == Instant{1h});
}

TEST_CASE("jobs run in order of time, then of their making") {
  SimUniverse universe(1);
  auto& loop = universe.add_machine("a").world().loop;
  std::string order;
  loop.after(2ms, [&] { order += 'c'; });
  loop.after(1ms, [&] { order += 'b'; });
  loop.after(2ms, [&] { order += 'd'; });
  const auto cancelled = loop.after(1ms, [&] { order += 'x'; });
  loop.post([&] { order += 'a'; });
  loop.cancel(cancelled);
  loop.cancel(cancelled);
  REQUIRE(universe.run_for(1s));
  CHECK(order == "abcd");
}

TEST_CASE("a dead life takes no jobs, timers or tasks") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  World& world = machine.world();
  int ran = 0;
  world.loop.after(1ms, [&] { ++ran; });
  machine.crash();
  world.loop.post([&] { ++ran; });
  world.loop.cancel(world.loop.after(1ms, [&] { ++ran; }));
  world.loop.spawn(tick(world, ran));
  REQUIRE(universe.run_for(10s));
  CHECK(ran == 0);
}

TEST_CASE("a clock starts anew with each life and its calendar keeps the skew") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  machine.set_skew(-5s);
  REQUIRE(universe.run_for(1min));
  CHECK(machine.world().clock.wall() == universe.wall() - 5s);
  machine.crash();
  machine.restart();
  CHECK(machine.world().clock.now() == Instant{});
  CHECK(machine.world().clock.wall() == universe.wall() - 5s);
}
