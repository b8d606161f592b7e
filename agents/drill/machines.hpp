// Where the agents of a drill run: on this machine as processes, or in a simulation. Who plays,
// watches and counts knows only this.
#pragma once

#include <memory>
#include <string>

#include "mesh/world/world.hpp"

namespace tocsin::agents::drill {

using mesh::Path;

/// The machine of one organisation. Lifetime: that of the Machines that gave it.
class Machine {
 public:
  virtual ~Machine() = default;

  virtual mesh::Disk& disk() = 0;
  virtual Entropy& entropy() = 0;
  /// Where everything of the organisation lies on that disk.
  virtual const Path& folder() const = 0;
  /// Where its agent is to listen for its partners.
  virtual const mesh::Address& mesh_address() const = 0;
  /// Reaches what only somebody at this machine can: Unix sockets and the loopback.
  virtual mesh::Network& network() = 0;

  /// Starts the agent of `home`, which is not yet ready then. Errors: those of the start.
  virtual Result<void> start(const Path& home) = 0;
  virtual bool running() = 0;
  /// kill -9. Completes once the agent is gone. Errors: timeout.
  virtual mesh::Task<Result<void>> kill() = 0;
  /// Ends the agent in order, and hard where it does not end in time.
  virtual mesh::Task<> stop() = 0;
  /// The end of what the agent has told its log.
  virtual std::string log_tail() = 0;
};

class Machines {
 public:
  virtual ~Machines() = default;

  /// Whose loop and clock the story runs on. Its disk is the one that holds the scenario.
  virtual mesh::World& world() = 0;
  /// Errors: io.
  virtual Result<Machine*> add(const std::string& org) = 0;
  /// Cuts or mends the link between two organisations. Errors: those of an agent that is told.
  virtual mesh::Task<Result<void>> set_link(std::string one, std::string other, bool down) = 0;
  /// Plays `story`, which runs on the world's loop, to its end. Whoever awaits this does so on the
  /// loop of the program. Errors: closed (stopped by a signal), full (a simulation that spins).
  virtual mesh::Task<Result<void>> run(mesh::Task<> story) = 0;
  /// A hash of everything that has happened, the same for the same seed; empty where that is not
  /// so.
  virtual std::string trace() const = 0;
  /// Writes what lies on the machines' disks below `folder` on this one's, where it does not lie
  /// there already. Errors: io.
  virtual Result<void> keep(const Path& folder) = 0;
};

inline constexpr std::size_t log_tail_bytes = 600;

}  // namespace tocsin::agents::drill
