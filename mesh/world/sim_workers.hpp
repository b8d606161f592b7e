// Threads of a simulated machine: their jobs run one at a time, each a random while
// later, so that what they report comes back in any order.
#pragma once

#include "mesh/world/sim_loop.hpp"
#include "mesh/world/worker.hpp"

namespace tocsin::mesh {

class SimWorkers final : public Workers {
 public:
  SimWorkers(SimUniverse& universe, SimLife& life) : universe_(universe), life_(life) {}
  std::unique_ptr<Worker> make(std::string name) override;
  void run_all(std::vector<Job> jobs) override;

 private:
  SimUniverse& universe_;
  SimLife& life_;
};

}  // namespace tocsin::mesh
