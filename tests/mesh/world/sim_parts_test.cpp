#include "mesh/world/sim_parts.hpp"

#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("a simulated log keeps lines across lives, and what it says is in the trace") {
  SimUniverse universe(1), other(1);
  auto& machine = universe.add_machine("a");
  auto& same = other.add_machine("a");
  machine.world().log.warn("link to {} lost", "bleu");
  machine.crash();
  machine.restart();
  CHECK(machine.log().says("to bleu"));
  CHECK_FALSE(machine.log().says("to delos"));
  CHECK(machine.log().lines().front().level == Level::warning);
  same.world().log.warn("link to {} lost", "bsi");
  same.crash();
  CHECK(universe.trace_hash() != other.trace_hash());
}

TEST_CASE("a log does not grow without end") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  for (std::size_t i = 0; i < SimLog::lines_max + 5; ++i)
    machine.world().log.info("{}", i);
  CHECK(machine.log().lines().size() == SimLog::lines_max);
  CHECK(machine.log().lines().front().text == "5");
}

TEST_CASE("a simulated program can be told to stop and starts no others") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  int stopped = 0;
  machine.world().processes.on_stop([&] { ++stopped; });
  machine.stop();
  machine.stop();
  REQUIRE(universe.run_for(1s));
  CHECK(stopped == 1);
  CHECK(machine.world().processes.start({{"/bin/true"}, {}, {}}).error().code ==
        Errc::unsupported);
}
