// Everything that one running agent is made of, so that each part can be handed the others that
// it needs without a global.
#pragma once

#include "agents/agent/indicator_book.hpp"
#include "agents/agent/watch_hub.hpp"
#include "agents/home/home.hpp"
#include "agents/home/order.hpp"
#include "agents/siem/input.hpp"
#include "mesh/sync/node.hpp"
#include "mesh/sync/witness_ledger.hpp"
#include "mesh/world/task_set.hpp"
#include "playbooks/damage/damage_book.hpp"
#include "playbooks/detect/correlation.hpp"
#include "playbooks/incidents/incident_book.hpp"
#include "playbooks/runs/run_engine.hpp"

namespace tocsin::agents {

class RunDriver;

/// Lifetime: made by the daemon, outlives every task of the loop. `node`, `runs` and `driver` are
/// there before the first record is delivered, `node` once the store has been replayed.
struct Services {
  Services(mesh::World& world, Home& home, const crypto::Charter& charter, mesh::Store& store);

  mesh::World& world;
  Home& home;
  const crypto::Charter& charter;
  mesh::Store& store;
  mesh::Node* node = nullptr;
  mesh::Instant started;
  std::string http_address;

  WatchHub watch;
  IndicatorBook indicators;
  playbooks::SightingBook sightings;
  playbooks::JointDetection joint;
  playbooks::IncidentBook incidents;
  playbooks::DamageBook damage;
  mesh::WitnessLedger witnesses;
  playbooks::Guard guard;
  std::map<std::string, std::unique_ptr<playbooks::Actuator>, std::less<>> actuators;
  std::unique_ptr<playbooks::RunEngine> runs;
  RunDriver* driver = nullptr;
  std::vector<std::unique_ptr<Input>> inputs;

  static constexpr std::size_t joint_audiences_max = 65'536;
  /// By value key: who may see all of its sightings, and when the last of them was made.
  struct JointCircle { mesh::Audience audience; WallTime last; };
  std::map<Digest, JointCircle> joint_audience;
  std::map<Order::Nonce, WallTime> order_nonces;    ///< of the last Order::life × 2
  std::uint64_t share_failures = 0;

  std::string_view org() const { return home.open.org; }
  WallTime now() const { return world.clock.wall(); }
  mesh::RecordHeader header(mesh::RecordKind kind, mesh::Marking marking) const {
    return {kind, marking, now(), node->author()};
  }
  /// Publishes without waiting; a failure is logged and counted.
  void share(std::vector<mesh::Draft> drafts);

  mesh::TaskSet tasks;  // Last: its coroutines refer to all of the above.
};

}  // namespace tocsin::agents
