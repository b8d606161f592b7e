#include "mesh/world/sim_world.hpp"

#include "mesh/world/sim_wires.hpp"

namespace tocsin::mesh {

/// Everything that belongs to one life.
struct SimMachine::Part {
  SimLife life;
  SimClock clock;
  SimEntropy entropy;
  SimLoop loop;
  SimDisk disk;
  SimNetwork network;
  SimWorkers workers;
  SimProcesses processes;
  World world;

  Part(SimUniverse& universe, SimMachine& machine, SimLife its_life)
      : life(its_life),
        clock(universe, machine.skew_),
        entropy(mix(machine.seed_, its_life.number)),
        loop(universe, life),
        disk(machine.platter_, life),
        network(universe.wires(), loop, machine.host_),
        workers(universe, life),
        processes(loop),
        world{clock, entropy, loop, disk, network, workers, processes, machine.log_} {}
};

SimMachine::SimMachine(SimUniverse& universe, std::uint32_t number, std::string name)
    : universe_(universe),
      number_(number),
      name_(std::move(name)),
      host_(fmt::format("10.0.{}.{}", number / 250, number % 250)),
      skew_(universe.chance().between(-universe.faults().skew_max,
                                      universe.faults().skew_max)),
      seed_(universe.chance().next()),
      log_(universe, number) {
  restart();
}

SimMachine::~SimMachine() = default;

World& SimMachine::world() {
  TOCSIN_ASSERT(up());
  return part_->world;
}

Address SimMachine::address(std::uint16_t port) const {
  return Address(fmt::format("{}:{}", host_, port));
}

std::unique_ptr<Network> SimMachine::seat(SimMachine& guest) {
  TOCSIN_ASSERT(guest.up());
  return std::make_unique<SimNetwork>(universe_.wires(), guest.part_->loop, host_);
}

World& SimMachine::restart() {
  TOCSIN_ASSERT(!up());
  const SimLife life{number_, (std::uint64_t(number_) << 32) | ++lives_, true};
  part_ = std::make_unique<Part>(universe_, *this, life);
  return part_->world;
}

void SimMachine::crash() { end(true); }
void SimMachine::kill() { end(false); }

void SimMachine::end(bool power_cut) {
  TOCSIN_ASSERT(up());
  // A task must not be destroyed while it runs.
  TOCSIN_ASSERT(universe_.running_life() != part_->life.number);
  // Dead first, so that what the tasks' destructors ask for does not happen.
  part_->life.alive = false;
  part_->loop.destroy_tasks();
  universe_.purge(part_->life);
  universe_.wires().drop_life(part_->life, !power_cut);
  if (power_cut)
    platter_.lose_unsynced(universe_.chance(), universe_.faults().keep_unsynced);
  ended_.push_back(std::move(part_));
}

void SimMachine::stop() {
  if (up()) part_->processes.stop();
}

}  // namespace tocsin::mesh
