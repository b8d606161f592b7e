#include "mesh/world/sim_world.hpp"

#include "tests/mesh/world/sim_talk.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

/// Something with a state that its tasks use, as a node has.
struct Program {
  explicit Program(World& its_world) : world(its_world) { world.loop.spawn(work(*this)); }
  ~Program() {
    world.loop.post([] {});
    world.log.info("ended");
  }
  static Task<void> work(Program& self) {
    for (;;) {
      co_await sleep(self.world.loop, 10ms);
      ++self.rounds;
    }
  }
  World& world;
  int rounds = 0;
};

}  // namespace

TEST_CASE("a machine crashes under its program and starts anew on the same disk") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  CHECK(machine.name() == "a");
  auto program = std::make_unique<Program>(machine.world());
  REQUIRE(machine.world().disk.write_atomic("/state", bytes_of("s"), FileMode::secret));
  REQUIRE(universe.run_for(1s));
  CHECK(program->rounds == 100);
  machine.crash();
  CHECK_FALSE(machine.up());
  REQUIRE(universe.run_for(1s));
  CHECK(program->rounds == 100);
  program.reset();

  World& world = machine.restart();
  CHECK(text_of(world.disk.read("/state", 10).value()) == "s");
  program = std::make_unique<Program>(world);
  REQUIRE(universe.run_for(1s));
  CHECK(program->rounds == 100);
}

TEST_CASE("each life draws other random numbers, the same in each run") {
  std::vector<Digest> seen;
  for (int run = 0; run < 2; ++run) {
    SimUniverse universe(5);
    auto& machine = universe.add_machine("a");
    seen.push_back(machine.world().entropy.make<Digest>());
    machine.crash();
    machine.restart();
    seen.push_back(machine.world().entropy.make<Digest>());
  }
  CHECK(seen[0] != seen[1]);
  CHECK(seen[0] == seen[2]);
  CHECK(seen[1] == seen[3]);
}

TEST_CASE("machines have addresses of their own and clocks off by no more than asked") {
  SimFaults faults;
  faults.skew_max = 2s;
  SimUniverse universe(9, faults);
  for (int i = 0; i < 300; ++i) universe.add_machine(fmt::format("m{}", i));
  CHECK(universe.machine(0).address(7700).text == "10.0.0.1:7700");
  CHECK(universe.machine(299).host() == "10.0.1.50");
  bool off = false;
  for (int i = 0; i < 300; ++i) {
    const auto skew = universe.machine(std::size_t(i)).skew();
    CHECK((skew >= -2s && skew <= 2s));
    off = off || skew != 0s;
  }
  CHECK(off);
}

namespace {

Task<void> ask_once(Network& network, Loop& loop, std::string& out) {
  const auto stream = co_await network.connect(Address("unix:/agent.sock"), 3s);
  if (!stream) {
    out = name_of(stream.error().code);
    co_return;
  }
  StreamReader reader(**stream);
  const auto sent = co_await (*stream)->write(bytes_of("hello\n"), 2s);
  const auto back = co_await reader.read_until('\n', 100, 2s);
  co_await sleep(loop, 1ms);
  out = sent && back ? std::string(text_of(*back)) : "lost";
}

}  // namespace

TEST_CASE("somebody seated at a machine reaches its Unix socket, from life to life") {
  SimUniverse universe(1);
  auto& guest = universe.add_machine("guest");
  auto& machine = universe.add_machine("a");
  const auto seat = machine.seat(guest);
  const auto heard = [&] {
    std::string out;
    guest.world().loop.spawn(ask_once(*seat, guest.world().loop, out));
    REQUIRE(universe.run_while_not([&] { return !out.empty(); }, 10s));
    return out;
  };
  CHECK(heard() == "unreachable");
  machine.world().loop.spawn(serve(machine.world(), Address("unix:/agent.sock")));
  CHECK(heard() == "hello\n");
  machine.crash();
  CHECK(heard() == "unreachable");
  machine.restart().loop.spawn(serve(machine.world(), Address("unix:/agent.sock")));
  CHECK(heard() == "hello\n");
}
