// Threads that do what must not hold up the loop.
#pragma once

#include <memory>
#include <vector>

#include "mesh/world/loop.hpp"

namespace tocsin::mesh {

/// One thread that runs its jobs in the order given. Destruction runs what is queued, then joins.
class Worker {
 public:
  virtual ~Worker() = default;
  /// Safe from any thread.
  virtual void run(Job job) = 0;
  virtual std::size_t queued() const = 0;
};

class Workers {
 public:
  virtual ~Workers() = default;
  virtual std::unique_ptr<Worker> make(std::string name) = 0;
  /// Runs all of `jobs` and returns once the last has ended: the first on the calling thread,
  /// the others beside it as far as there are cores. In a simulation one after the other. A job
  /// may call it again. What two of them touch, none of them may change.
  virtual void run_all(std::vector<Job> jobs) = 0;
};

}  // namespace tocsin::mesh
