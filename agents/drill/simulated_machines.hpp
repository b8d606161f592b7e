// Every organisation's agent on a machine of its own in the deterministic simulator: virtual time,
// links that really break, and crashes that lose what was not synced.
#pragma once

#include <functional>
#include <map>

#include "agents/drill/machines.hpp"
#include "mesh/store/open_store.hpp"
#include "mesh/world/sim_world.hpp"

namespace tocsin::agents::drill {

/// What an agent is made with, beside its World.
struct AgentOptions {
  Path home;
  mesh::OpenStore open_store;
  std::function<void(Result<void>)> stop;  ///< called once the agent must end
};
/// A running agent, whatever it is made of; it ends when the last owner lets it go.
using RunningAgent = std::shared_ptr<void>;
/// Makes the agent that the program itself would run. Errors: those of its start. Lifetime: the
/// World outlives the agent.
using AgentMaker = std::function<Result<RunningAgent>(mesh::World&, AgentOptions)>;

class SimulatedMachines final : public Machines {
 public:
  /// Lifetime: `outside`, the program's World, outlives them. Of it they use the disk that holds
  /// the scenario, the signal to stop, and the loop that `run` is awaited on.
  SimulatedMachines(mesh::World& outside, AgentMaker make, std::uint64_t seed);
  ~SimulatedMachines() override;

  mesh::World& world() override { return world_; }
  Result<Machine*> add(const std::string& org) override;
  mesh::Task<Result<void>> set_link(std::string one, std::string other, bool down) override;
  mesh::Task<Result<void>> run(mesh::Task<> story) override;
  std::string trace() const override;
  Result<void> keep(const Path& folder) override;

  static constexpr Duration story_max = std::chrono::hours(2);  ///< of virtual time

 private:
  class Site;

  mesh::World& outside_;
  AgentMaker make_;
  mesh::SimUniverse universe_;
  mesh::SimMachine& seat_;
  mesh::World world_;
  std::map<std::string, std::unique_ptr<Site>> sites_;
};

}  // namespace tocsin::agents::drill
