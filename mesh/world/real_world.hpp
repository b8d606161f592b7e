// Everything real in one place: what main makes first and hands down.
#pragma once

#include <optional>

#include "mesh/world/real_clock.hpp"
#include "mesh/world/real_disk.hpp"
#include "mesh/world/real_entropy.hpp"
#include "mesh/world/real_log.hpp"
#include "mesh/world/real_loop.hpp"
#include "mesh/world/real_network.hpp"
#include "mesh/world/real_processes.hpp"
#include "mesh/world/real_workers.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::mesh {

/// Owns the parts of a World. Make workers' owners after it, so that their threads end
/// first.
class RealWorld {
 public:
  RealWorld() = default;
  RealWorld(const RealWorld&) = delete;

  World& world() { return world_; }
  RealLog& log() { return log_; }
  RealLoop& loop() { return loop_; }

  /// Runs the loop until stop().
  void run() { loop_.run(); }
  /// Safe from any thread.
  void stop() { loop_.stop(); }

  /// Runs the loop until `task` ends, and gives its value: for commands and tests. Not
  /// while run() is under way.
  template <typename T>
  T complete(Task<T> task) {
    std::optional<T> out;
    loop_.spawn(store(std::move(task), out, loop_));
    while (!out) loop_.run();
    return std::move(*out);
  }
  void complete(Task<void> task) {
    std::optional<bool> out;
    loop_.spawn(store(truth(std::move(task)), out, loop_));
    while (!out) loop_.run();
  }

 private:
  template <typename T>
  static Task<void> store(Task<T> task, std::optional<T>& out, RealLoop& loop) {
    T value = co_await task;
    out.emplace(std::move(value));
    loop.stop();
  }
  static Task<bool> truth(Task<void> task) {
    co_await task;
    co_return true;
  }

  RealClock clock_;
  RealEntropy entropy_;
  RealLog log_{clock_};
  RealDisk disk_;
  RealLoop loop_;
  RealNetwork network_{loop_};
  RealWorkers workers_;
  RealProcesses processes_{loop_};
  World world_{clock_, entropy_, loop_, disk_, network_, workers_, processes_, log_};
};

}  // namespace tocsin::mesh
