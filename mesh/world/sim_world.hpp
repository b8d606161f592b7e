// A simulated machine: a World that can crash and start anew on the same disk.
#pragma once

#include "mesh/world/sim_disk.hpp"
#include "mesh/world/sim_loop.hpp"
#include "mesh/world/sim_network.hpp"
#include "mesh/world/sim_parts.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_workers.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::mesh {

/// Made by SimUniverse::add_machine. A crash destroys the spawned tasks, so it comes from
/// outside of them (SimUniverse::at, or the test between two runs). What the test made on
/// a World it destroys itself, after the crash; the World of an ended life stays valid
/// and does nothing.
class SimMachine {
 public:
  SimMachine(SimUniverse& universe, std::uint32_t number, std::string name);
  ~SimMachine();
  SimMachine(const SimMachine&) = delete;

  /// Of the present life; the machine must be up.
  World& world();
  bool up() const { return part_.get() != nullptr; }

  /// Power cut: tasks and timers are gone, unsynced bytes too, peers see nothing.
  void crash();
  /// kill -9: tasks and timers are gone, the system keeps what was written and resets
  /// streams.
  void kill();
  /// Starts a new life on the same disk; the machine must be down.
  World& restart();
  /// SIGTERM to the program.
  void stop();

  std::uint32_t number() const { return number_; }
  const std::string& name() const { return name_; }
  const std::string& host() const { return host_; }
  Address address(std::uint16_t port) const;
  /// The network as somebody at this machine sees it whose loop is that of `guest`: its Unix
  /// sockets and loopback can be dialled, also across lives. Lifetime: of `guest`'s life.
  std::unique_ptr<Network> seat(SimMachine& guest);
  SimPlatter& platter() { return platter_; }
  SimLog& log() { return log_; }
  /// How far the wall clock is off, positive for fast. Drawn within the faults' skew_max
  /// at first.
  void set_skew(Duration skew) { skew_ = skew; }
  Duration skew() const { return skew_; }

 private:
  struct Part;
  void end(bool power_cut);

  SimUniverse& universe_;
  std::uint32_t number_;
  std::string name_, host_;
  Duration skew_;
  std::uint64_t seed_, lives_ = 0;
  SimPlatter platter_;
  SimLog log_;
  std::unique_ptr<Part> part_;
  std::vector<std::unique_ptr<Part>> ended_;
};

}  // namespace tocsin::mesh
