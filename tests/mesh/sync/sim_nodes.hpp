// Whole nodes of a federation in the simulator, each on its own machine.
#pragma once

#include "mesh/store/memory_medium.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

class SimNodes {
 public:
  explicit SimNodes(std::vector<Federation::Org> orgs, mesh::SimFaults faults = {},
                    bool certificates_in_charter = true)
      : universe(1, faults),
        federation(std::move(orgs), universe.wall(), 1, certificates_in_charter),
        places_(federation.agents.size()) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      places_[i].machine = &universe.add_machine(federation.agents[i].name);
      places_[i].backing = mesh::make_memory_backing();
    }
  }
  ~SimNodes() {
    for (std::size_t i = 0; i < places_.size(); ++i) take_down(i);
  }

  mesh::Node& open(std::size_t index, std::vector<std::size_t> dials = {}) {
    auto& place = places_[index];
    if (!place.machine->up()) place.machine->restart();
    auto& world = place.machine->world();
    place.notes = std::make_unique<Notebook>();
    place.store = open_store ? open_store(index) : mesh::open_memory_store(world, place.backing);
    auto options = federation.options(index);
    options.listen = address(index);
    options.gateway = gateway == index;
    if (author_bytes_max) options.author_bytes_max = *author_bytes_max;
    for (const auto peer : dials)
      options.peers.push_back(federation.peer(peer, {address(peer)}));
    std::vector<mesh::Observer*> observers{place.notes.get()};
    if (watcher) observers.push_back(watcher(index));
    place.node =
        mesh::Node::open(world, *place.store, std::move(options), std::move(observers)).value();
    return *place.node;
  }
  void take_down(std::size_t index) {
    auto& place = places_[index];
    if (place.machine->up()) place.machine->kill();
    place.node.reset();
    place.store.reset();
  }

  /// The machine comes back with an empty disk.
  void forget(std::size_t index) { places_[index].backing = mesh::make_memory_backing(); }

  mesh::SimMachine& machine(std::size_t index) { return *places_[index].machine; }
  std::string address(std::size_t index) { return machine(index).address(7700).text; }
  mesh::MemoryBacking& disk(std::size_t index) { return *places_[index].backing; }
  std::uint32_t number(std::size_t index) const { return std::uint32_t(index + 1); }
  mesh::Node& node(std::size_t index) { return *places_[index].node; }
  mesh::Store& store_of(std::size_t index) { return *places_[index].store; }
  Notebook& notes(std::size_t index) { return *places_[index].notes; }
  mesh::Store& store(std::size_t index) { return *places_[index].store; }

  bool until(const std::function<bool()>& done, Duration limit = std::chrono::seconds(10)) {
    return universe.run_while_not(done, limit).has_value();
  }
  bool connected(std::size_t a, std::size_t b) {
    const auto sees = [&](std::size_t x, std::size_t y) {
      for (const auto& peer : node(x).peers())
        if (peer.agent == federation.agents[y].name && peer.state == mesh::PeerState::connected)
          return true;
      return false;
    };
    return until([&] { return sees(a, b) && sees(b, a); });
  }

  using Places = Result<std::vector<mesh::Published>>;
  /// Starts publishing; `out` is set once it has ended and must live until then.
  void start_publishing(std::size_t index, std::vector<mesh::Draft> drafts,
                        std::optional<Places>& out) {
    machine(index).world().loop.spawn(publish_into(node(index), std::move(drafts), out));
  }
  Places publish(std::size_t index, std::vector<mesh::Draft> drafts) {
    std::optional<Places> out;
    start_publishing(index, std::move(drafts), out);
    REQUIRE(until([&] { return out.has_value(); }));
    return std::move(*out);
  }
  mesh::Draft note(std::size_t index, mesh::Tlp tlp, mesh::Audience audience,
                   std::string_view text, mesh::LogClass log_class = mesh::LogClass::case_) {
    return made_note(node(index), {tlp, mesh::Pap::green}, std::move(audience), text,
                     universe.wall(), log_class);
  }

  /// Gives another observer for a node that opens; it must outlive the node.
  std::function<mesh::Observer*(std::size_t)> watcher;
  /// Opens another store than one in memory; the disk is then the caller's.
  std::function<std::unique_ptr<mesh::Store>(std::size_t)> open_store;
  std::optional<std::size_t> gateway;  ///< an agent that is configured as one
  std::optional<std::uint64_t> author_bytes_max;  ///< of those that open from now on
  mesh::SimUniverse universe;
  Federation federation;

 private:
  static mesh::Task<void> publish_into(mesh::Node& node, std::vector<mesh::Draft> drafts,
                                       std::optional<Places>& out) {
    auto published = co_await node.publish(std::move(drafts));
    out.emplace(std::move(published));
  }
  struct Place {
    mesh::SimMachine* machine = nullptr;
    std::shared_ptr<mesh::MemoryBacking> backing;
    std::unique_ptr<Notebook> notes;
    std::unique_ptr<mesh::Store> store;
    std::unique_ptr<mesh::Node> node;
  };
  std::vector<Place> places_;
};

inline const mesh::Audience to_all{true, {}, {}};
inline const mesh::Audience to_both{false, {"bleu", "delos"}, {}};

}  // namespace tocsin::tests
