// One agent's services in the simulator, put together as the daemon does, without its sockets.
#pragma once

#include "agents/agent/equipment.hpp"
#include "agents/agent/record_flow.hpp"
#include "agents/agent/run_driver.hpp"
#include "agents/agent/witness_clerk.hpp"
#include "agents/home/node_options.hpp"
#include "tests/agents/home/homes.hpp"

namespace tocsin::tests {

/// Lifetime: `homes` and `machine` outlive it.
class AgentDesk {
 public:
  AgentDesk(Homes& homes, mesh::SimMachine& machine, const std::string& org)
      : machine_(machine),
        world_{machine.world().clock,     machine.world().entropy, machine.world().loop,
               homes.disk,                machine.world().network, machine.world().workers,
               machine.world().processes, machine.world().log},
        home(agents::unlock_home(homes.disk, homes.open(org), {}).value()) {
    home.open.config.listen = machine.address(7440).text;
  }
  ~AgentDesk() { stop(); }

  void start() {
    store = mesh::open_memory_store(world_, backing_);
    services_.emplace(world_, home, *home.open.charter, *store);
    driver.emplace(*services_);
    services_->driver = &*driver;
    REQUIRE(agents::open_actuators(*services_).has_value());
    services_->runs = agents::make_engine(
        *services_, crypto::agent_id_of(home.keys.signing.public_key()));
    flow.emplace(*services_);
    clerk.emplace(*services_);
    driver->hold();
    node = mesh::Node::open(world_, *store, agents::node_options(home).value(), {&*flow, &*clerk})
               .value();
    services_->node = node.get();
    services_->indicators.attach(*node, *store);
    driver->resume();
    flow->confirm_retractions();
    if (witnesses) services_->tasks.spawn(clerk->keep());
  }
  void stop() {
    if (!services_) return;
    services_->tasks.clear();
    node.reset();
    clerk.reset();
    flow.reset();
    driver.reset();
    services_.reset();
    store.reset();
  }
  agents::Services& services() { return *services_; }
  agents::IndicatorBook& book() { return services_->indicators; }
  mesh::World& world() { return world_; }
  mesh::SimMachine& machine() { return machine_; }

  /// An indicator in this agent's name; not published yet.
  mesh::Draft indicator(std::string_view value, mesh::Marking marking = {mesh::Tlp::green,
                                                                         mesh::Pap::green},
                        mesh::Audience audience = {true, {}, {}},
                        Duration life = std::chrono::hours(24)) {
    const auto target = playbooks::block_target(value).value();
    mesh::IndicatorBody body;
    body.type = target.type;
    body.value = value;
    body.expires.ms = (services_->now() + life).ms / 1000 * 1000;
    return {mesh::RecordKind::indicator, marking, std::move(audience), mesh::LogClass::urgent,
            mesh::encode_indicator(services_->header(mesh::RecordKind::indicator, marking), body)};
  }

 private:
  mesh::SimMachine& machine_;
  mesh::World world_;
  std::shared_ptr<mesh::MemoryBacking> backing_ = mesh::make_memory_backing();

 public:
  agents::Home home;
  std::unique_ptr<mesh::Store> store;

 private:
  std::optional<agents::Services> services_;

 public:
  std::optional<agents::RunDriver> driver;
  std::optional<agents::RecordFlow> flow;
  std::optional<agents::WitnessClerk> clerk;
  bool witnesses = false;  ///< from the next start on it publishes what it witnesses
  std::unique_ptr<mesh::Node> node;
};

/// The desks of two operators that know each other; started by the test.
struct Desks {
  Desks() {
    homes.agree({"bleu", "delos"});
    for (const auto* org : {"bleu", "delos"})
      desks.push_back(
          std::make_unique<AgentDesk>(homes, homes.universe.add_machine(org), org));
    const auto secret = homes.entropy.make<crypto::SecretKey>();
    bleu().home.secrets.push_back({"delos", secret, {}});
    delos().home.secrets.push_back({"bleu", secret, {}});
    for (const auto* org : {"bleu", "delos"}) {
      auto& own = *desks[org == std::string("delos")];
      auto& other = *desks[org == std::string("bleu")];
      own.home.open.config.peers = {
          {org == std::string("bleu") ? "delos" : "bleu", other.machine().address(7440).text, {}}};
    }
  }
  ~Desks() { desks.clear(); }
  AgentDesk& bleu() { return *desks[0]; }
  AgentDesk& delos() { return *desks[1]; }
  void start_both() {
    bleu().start();
    delos().start();
    REQUIRE(until([&] {
      return bleu().node->reachable("delos") && delos().node->reachable("bleu");
    }));
  }
  bool until(const std::function<bool()>& done, Duration limit = std::chrono::seconds(10)) {
    return homes.universe.run_while_not(done, limit).has_value();
  }
  void pass(Duration time) { (void)homes.universe.run_for(time).value(); }

  /// Publishes and waits until it is durable; gives the record's id.
  Digest publish(AgentDesk& desk, mesh::Draft draft) {
    const auto id = crypto::blake2b(draft.record);
    std::vector<mesh::Draft> drafts;
    drafts.push_back(std::move(draft));
    desk.services().share(std::move(drafts));
    REQUIRE(until([&] { return desk.node->find(id)->has_value(); }));
    pass(std::chrono::milliseconds(50));
    return id;
  }

  Homes homes;
  std::vector<std::unique_ptr<AgentDesk>> desks;
};

inline const mesh::Audience both_operators{false, {"bleu", "delos"}, {}};

}  // namespace tocsin::tests
