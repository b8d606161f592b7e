// Signs what this agent holds of its partners' decisions, for those who may read them.
#pragma once

#include "agents/agent/services.hpp"
#include "mesh/sync/witness_desk.hpp"

namespace tocsin::agents {

/// Lifetime: `services` outlives it.
class WitnessClerk final : public mesh::Observer {
 public:
  explicit WitnessClerk(Services& services);
  void on_verified(const mesh::Delivered&) override {}
  void on_durable(const mesh::Delivered& batch) override;
  /// Publishes what is due, until its task is destroyed.
  mesh::Task<> keep();

  static constexpr Duration look_every = std::chrono::seconds(1);

 private:
  std::vector<mesh::Draft> drafts();

  Services& services_;
  mesh::WitnessDesk desk_;
};

}  // namespace tocsin::agents
