// Some nodes of a federation on real loopback sockets with stores in memory, all on one loop.
#pragma once

#include "mesh/world/real_world.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

class NodeRig {
 public:
  explicit NodeRig(std::vector<Federation::Org> orgs, bool certificates_in_charter = true)
      : federation(std::move(orgs), real.world().clock.wall(), 7, certificates_in_charter) {
    places_.resize(federation.agents.size());
    for (auto& place : places_) place.backing = mesh::make_memory_backing();
  }
  ~NodeRig() {
    for (auto& place : places_) {
      place.node.reset();
      place.store.reset();
    }
  }

  /// Opens node `index`, which dials those in `dials` that listen already.
  mesh::Node& open(std::size_t index, std::vector<std::size_t> dials = {}) {
    auto& place = places_[index];
    place.notes = std::make_unique<Notebook>();
    place.store = mesh::open_memory_store(real.world(), place.backing);
    auto options = federation.options(index);
    options.mend = mend;
    options.listen = place.address.empty() ? "127.0.0.1:0" : place.address;
    for (const auto peer : dials)
      options.peers.push_back(federation.peer(peer, {places_[peer].address}));
    place.node = mesh::Node::open(real.world(), *place.store, std::move(options),
                                  {place.notes.get()})
                     .value();
    place.address = place.node->listening();
    return *place.node;
  }
  void close(std::size_t index) {
    places_[index].node.reset();
    places_[index].store.reset();
  }

  mesh::Node& node(std::size_t index) { return *places_[index].node; }
  mesh::Store& store(std::size_t index) { return *places_[index].store; }
  Notebook& notes(std::size_t index) { return *places_[index].notes; }
  std::shared_ptr<mesh::MemoryBacking>& backing(std::size_t index) {
    return places_[index].backing;
  }

  /// Runs the loop until `condition` holds; false after `limit`.
  bool until(std::function<bool()> condition, Duration limit = std::chrono::seconds(10)) {
    auto& world = real.world();
    const auto end = world.clock.now() + limit;
    while (!condition()) {
      if (world.clock.now() >= end) return false;
      world.loop.after(std::chrono::milliseconds(5), [this] { real.stop(); });
      real.run();
    }
    return true;
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
  Result<std::vector<mesh::Published>> publish(std::size_t index,
                                               std::vector<mesh::Draft> drafts) {
    return real.complete(node(index).publish(std::move(drafts)));
  }
  mesh::Draft note(std::size_t index, mesh::Tlp tlp, mesh::Audience audience,
                   std::string_view text, mesh::LogClass log_class = mesh::LogClass::case_) {
    return made_note(node(index), {tlp, mesh::Pap::green}, std::move(audience), text,
                     real.world().clock.wall(), log_class);
  }

  mesh::RealWorld real;
  Federation federation;
  bool mend = false;  ///< for those opened from now on

 private:
  struct Place {
    std::shared_ptr<mesh::MemoryBacking> backing;
    std::unique_ptr<Notebook> notes;
    std::unique_ptr<mesh::Store> store;
    std::unique_ptr<mesh::Node> node;
    std::string address;
  };
  std::vector<Place> places_;
};

inline const mesh::Audience everybody{true, {}, {}};
inline mesh::Audience orgs(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return {false, std::move(names), {}};
}

}  // namespace tocsin::tests
