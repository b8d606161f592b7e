// How long a record takes from its order to matching at every agent that may read it, in a whole
// simulated federation with a wide network between organisations and a fast one inside.
#pragma once

#include "mesh/store/memory_medium.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

struct PropagationPlan {
  std::uint64_t seed = 1;
  std::size_t orgs = 4, agents = 16;  ///< two gateways each; the others are connected to those
  int notes = 40;                     ///< half of them urgent; from drawn agents, to drawn readers
  Duration between = std::chrono::milliseconds(100);
  Duration wan = std::chrono::milliseconds(40), lan = std::chrono::milliseconds(1);  ///< round trips
  double gateways_down = 0;  ///< this part of them falls silent, at most one per organisation
  Duration down_before = std::chrono::seconds(4);  ///< so long before the first note
};

struct PropagationReport {
  std::vector<Duration> urgent, lingering;  ///< per note and reader, ascending
  std::size_t missing = 0;                  ///< of those that should have come
  std::uint64_t received = 0, duplicates = 0;
  /// Copies beyond the first, for each one that came as the first.
  double redundant() const;
};
/// At 0.99, the time within which 99 of 100 arrived. Zero when there are none.
Duration quantile(const std::vector<Duration>& times, double part);

class Propagation {
 public:
  explicit Propagation(PropagationPlan plan);
  ~Propagation();
  PropagationReport run();

 private:
  class Ear;
  struct Place {
    mesh::SimMachine* machine = nullptr;
    std::unique_ptr<mesh::Store> store;
    std::unique_ptr<Ear> ear;
    std::unique_ptr<mesh::Node> node;
    bool silent = false;
  };
  struct Said {
    Duration ordered{};
    bool urgent = false;
    std::vector<std::size_t> readers;
    std::map<std::size_t, Duration> heard;
  };

  bool is_gateway(std::size_t index) const;
  void open(std::size_t index);
  void silence_gateways();
  void say(int number);
  static mesh::Task<void> publish(mesh::Node& node, mesh::Draft draft);
  std::pair<std::uint64_t, std::uint64_t> counted() const;

  PropagationPlan plan_;
  mesh::SimChance chance_;
  mesh::SimUniverse universe_;
  std::unique_ptr<Federation> federation_;
  std::shared_ptr<mesh::BytesPool> pool_ = std::make_shared<mesh::BytesPool>();
  std::vector<Place> places_;
  std::map<std::string, Said> said_;
};

}  // namespace tocsin::tests
