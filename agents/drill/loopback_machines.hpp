// Every organisation's agent as a process of its own on this machine, linked over loopback.
#pragma once

#include <map>
#include <vector>

#include "agents/drill/machines.hpp"

namespace tocsin::agents::drill {

class LoopbackMachines final : public Machines {
 public:
  /// Homes and logs lie in `folder`, which is there. Lifetime: `world` outlives them.
  LoopbackMachines(mesh::World& world, Path folder);
  /// Kills what still runs.
  ~LoopbackMachines() override;

  mesh::World& world() override { return world_; }
  Result<Machine*> add(const std::string& org) override;
  mesh::Task<Result<void>> set_link(std::string one, std::string other, bool down) override;
  mesh::Task<Result<void>> run(mesh::Task<> story) override;
  std::string trace() const override { return {}; }
  Result<void> keep(const Path&) override { return {}; }

  static constexpr Duration stop_max = std::chrono::seconds(5);

 private:
  class Process;
  mesh::Task<Result<void>> tell(std::string at, std::string to, bool down);

  mesh::World& world_;
  Path folder_;
  /// Keep ports from being given twice, until the first agent starts: processes inherit them.
  std::vector<std::unique_ptr<mesh::Listener>> held_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
};

}  // namespace tocsin::agents::drill
