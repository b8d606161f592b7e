#include "agents/drill/simulated_machines.hpp"

namespace tocsin::agents::drill {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t mesh_port = 7433;
/// Virtual time between two looks at the world outside, which may want the drill to stop.
constexpr Duration slice = 100ms;

/// Two data centres of neighbouring countries; wall clocks as far apart as NTP leaves them.
mesh::SimFaults usual() {
  mesh::SimFaults faults;
  faults.link.delay = 6ms;
  faults.link.jitter = 4ms;
  faults.skew_max = 20ms;
  faults.keep_unsynced = true;
  return faults;
}

/// Who sits at the machine that the agent runs on.
mesh::SimLink at_the_machine() {
  mesh::SimLink link;
  link.delay = 30us;
  link.jitter = 20us;
  return link;
}

mesh::World inside(mesh::World& seat, mesh::World& outside) {
  return {seat.clock,   seat.entropy, seat.loop,         outside.disk,
          seat.network, seat.workers, outside.processes, seat.log};
}

mesh::Task<> marked(mesh::Task<> story, bool& done) {
  co_await story;
  done = true;
}

Result<void> copy_files(mesh::Disk& from, const Path& source, mesh::Disk& to, const Path& target) {
  const auto names = from.list(source);
  if (!names) {
    // What cannot be listed is a file.
    const auto bytes = from.read(source, std::size_t(-1));
    if (!bytes) return std::unexpected(bytes.error());
    return to.write_atomic(target, *bytes, mesh::FileMode::secret);
  }
  if (const auto made = to.make_folders(target, mesh::FileMode::secret); !made) return made;
  for (const auto& name : *names)
    if (const auto done = copy_files(from, source / name, to, target / name); !done) return done;
  return {};
}

}  // namespace

class SimulatedMachines::Site final : public Machine {
 public:
  Site(SimulatedMachines& all, const std::string& org)
      : all_(all),
        machine_(all.universe_.add_machine(org)),
        folder_(Path("/drill") / org),
        address_(machine_.address(mesh_port)),
        network_(machine_.seat(all.seat_)),
        store_(mesh::make_memory_backing()) {
    all.universe_.wires().set_link(all.seat_.number(), machine_.number(), at_the_machine());
  }
  ~Site() override { crash(); }

  mesh::Disk& disk() override { return machine_.world().disk; }
  Entropy& entropy() override { return machine_.world().entropy; }
  const Path& folder() const override { return folder_; }
  const mesh::Address& mesh_address() const override { return address_; }
  mesh::Network& network() override { return *network_; }
  mesh::SimMachine& machine() { return machine_; }

  Result<void> start(const Path& home) override {
    if (!machine_.up()) machine_.restart();
    mesh::OpenStore open = [store = store_](mesh::World& world, mesh::StoreOptions) {
      return Result<std::unique_ptr<mesh::Store>>(mesh::open_memory_store(world, store));
    };
    auto& universe = all_.universe_;
    // Not from inside of the agent, which is destroyed by it.
    auto stop = [this, &universe](Result<void>) {
      universe.at(universe.now(), [this] { agent_.reset(); });
    };
    auto agent = all_.make_(machine_.world(), {home, std::move(open), std::move(stop)});
    if (!agent) return std::unexpected(agent.error());
    agent_ = std::move(*agent);
    return {};
  }
  bool running() override { return machine_.up() && agent_ != nullptr; }
  mesh::Task<Result<void>> kill() override {
    crash();
    co_return Result<void>{};
  }
  mesh::Task<> stop() override {
    agent_.reset();
    co_return;
  }
  std::string log_tail() override {
    auto tail = log();
    if (tail.size() > log_tail_bytes) tail.erase(0, tail.size() - log_tail_bytes);
    return tail;
  }
  /// Every line with the virtual time it was written at.
  std::string log() {
    std::string out;
    for (const auto& line : machine_.log().lines())
      out += fmt::format("{:10.3f} s  {}\n", std::chrono::duration<double>(line.time).count(),
                         line.text);
    return out;
  }

 private:
  void crash() {
    if (machine_.up()) machine_.crash();
    // What sits at the machine sees at once that the agent has gone; the partners see nothing.
    all_.universe_.wires().reset_all(all_.seat_.number(), machine_.number());
    agent_.reset();
  }

  SimulatedMachines& all_;
  mesh::SimMachine& machine_;
  Path folder_;
  mesh::Address address_;
  std::unique_ptr<mesh::Network> network_;
  std::shared_ptr<mesh::MemoryBacking> store_;
  RunningAgent agent_;
};

SimulatedMachines::SimulatedMachines(mesh::World& outside, AgentMaker make, std::uint64_t seed)
    : outside_(outside),
      make_(std::move(make)),
      universe_(seed, usual()),
      seat_(universe_.add_machine("drill")),
      world_(inside(seat_.world(), outside)) {}

SimulatedMachines::~SimulatedMachines() = default;

Result<Machine*> SimulatedMachines::add(const std::string& org) {
  auto& site = sites_[org];
  site = std::make_unique<Site>(*this, org);
  return site.get();
}

mesh::Task<Result<void>> SimulatedMachines::set_link(std::string one, std::string other,
                                                     bool down) {
  const mesh::SimWires::Machines a{sites_.at(one)->machine().number()},
      b{sites_.at(other)->machine().number()};
  // As with the processes: what crosses a cut link ends at once, and nothing new gets through.
  if (down)
    universe_.wires().cut(a, b, mesh::SimCut::reset);
  else
    universe_.wires().heal(a, b);
  co_return Result<void>{};
}

mesh::Task<Result<void>> SimulatedMachines::run(mesh::Task<> story) {
  bool done = false;
  seat_.world().loop.spawn(marked(std::move(story), done));
  const auto end = universe_.now() + story_max;
  Result<void> ran{};
  while (!done && ran && universe_.now() < end) {
    ran = universe_.run_while_not([&] { return done; }, slice);
    // A slice without the story's end is no error of the simulation.
    if (!ran && ran.error().code == Errc::timeout) ran = Result<void>{};
    co_await mesh::sleep(outside_.loop, Duration(0));
  }
  if (ran && !done) ran = fail(Errc::timeout, "the story did not end in {} h of virtual time",
                               story_max / std::chrono::hours(1));
  // Ends a story that was left in the middle, before what it uses goes.
  seat_.kill();
  co_return ran;
}

std::string SimulatedMachines::trace() const {
  return fmt::format("{:016x}", universe_.trace_hash());
}

Result<void> SimulatedMachines::keep(const Path& folder) {
  for (const auto& [org, site] : sites_) {
    if (!site->machine().up()) site->machine().restart();
    if (const auto done = copy_files(site->disk(), site->folder(), outside_.disk, folder / org);
        !done)
      return within(org, done.error());
    const auto written = outside_.disk.write_atomic(folder / org / "agent.log",
                                                    bytes_of(site->log()), mesh::FileMode::secret);
    if (!written) return within(org, written.error());
  }
  return {};
}

}  // namespace tocsin::agents::drill
