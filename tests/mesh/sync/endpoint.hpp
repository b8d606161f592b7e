// One agent's connections in the simulator without a node behind them: the test decides what
// they say.
#pragma once

#include "mesh/sync/connections.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

/// Lifetime: machine and federation outlive it.
class Endpoint final : public mesh::SessionHost {
 public:
  Endpoint(mesh::SimMachine& at, const Federation& federation, std::size_t index)
      : machine(at),
        options(federation.options(index)),
        roster(federation.charter),
        id(federation.agents[index].id),
        connections(at.world(), *this,
                    {options.org, id, federation.charter.federation, options.channel,
                     options.certificates, options.secrets, roster, at.address(7700).text}) {}

  mesh::Task<void> ready(const mesh::Session&) override { co_return; }
  mesh::Task<void> turn(const mesh::Session&) override { co_return; }
  Result<void> on_message(mesh::Session&, mesh::Message message) override {
    messages.push_back(std::move(message));
    return {};
  }
  Result<std::optional<Bytes>> next_answer(mesh::Session&) override { return std::nullopt; }
  void on_certificate(const crypto::Certificate&) override {}
  void on_up(const std::shared_ptr<mesh::Session>& session) override {
    ++ups;
    if (session->facts().dialled) session->send(mesh::Ping{0});
  }
  void on_down(mesh::Session&, const Error& why) override { downs.push_back(why); }

  std::shared_ptr<mesh::Session> live(const Endpoint& with) const {
    return connections.find(with.id, mesh::Purpose::live);
  }
  std::shared_ptr<mesh::Session> bulk(const Endpoint& with) const {
    return connections.find(with.id, mesh::Purpose::bulk);
  }

  mesh::SimMachine& machine;
  mesh::NodeOptions options;
  mesh::Roster roster;
  const AgentId id;
  std::vector<mesh::Message> messages;
  int ups = 0;
  std::vector<Error> downs;
  mesh::Connections connections;
};

/// Endpoints for every agent of a federation, each on its own machine and listening.
struct Endpoints {
  explicit Endpoints(std::vector<Federation::Org> orgs)
      : federation(std::move(orgs), universe.wall()) {
    for (std::size_t i = 0; i < federation.agents.size(); ++i) {
      auto& machine = universe.add_machine(federation.agents[i].name);
      ends.push_back(std::make_unique<Endpoint>(machine, federation, i));
    }
  }
  ~Endpoints() {
    for (auto& end : ends) end->machine.crash();
  }
  Endpoint& operator[](std::size_t index) { return *ends[index]; }
  void dial(std::size_t from, std::size_t to) {
    ends[from]->connections.add_peer(
        federation.peer(to, {ends[to]->machine.address(7700).text}));
  }
  bool until(const std::function<bool()>& done, Duration limit = std::chrono::seconds(10)) {
    return universe.run_while_not(done, limit).has_value();
  }
  void pass(Duration time) { (void)universe.run_for(time).value(); }
  bool together(std::size_t a, std::size_t b) {
    return until([&] {
      return ends[a]->live(*ends[b]) && ends[b]->live(*ends[a]) && ends[a]->bulk(*ends[b]) &&
             ends[b]->bulk(*ends[a]);
    });
  }

  mesh::SimUniverse universe{1};
  Federation federation;
  std::vector<std::unique_ptr<Endpoint>> ends;
};

}  // namespace tocsin::tests
