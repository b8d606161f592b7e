// Threads of the operating system, each with its queue.
#pragma once

#include "mesh/world/worker.hpp"

namespace tocsin::mesh {

class RealWorkers final : public Workers {
 public:
  std::unique_ptr<Worker> make(std::string name) override;
  void run_all(std::vector<Job> jobs) override;
};

}  // namespace tocsin::mesh
