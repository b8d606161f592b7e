// A federation on simulated machines: true nodes, whose clocks and links a test sets.
#pragma once

#include "mesh/store/memory_medium.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

inline constexpr std::uint16_t mesh_port = 7700;

class SimRig {
 public:
  explicit SimRig(std::vector<Federation::Org> orgs)
      : federation(std::move(orgs), universe.wall(), 5), places_(federation.agents.size()) {
    for (std::size_t i = 0; i < places_.size(); ++i)
      places_[i].machine = &universe.add_machine(federation.agents[i].name);
  }
  ~SimRig() {
    for (std::size_t n = 0; n < universe.machine_count(); ++n)
      if (universe.machine(n).up()) universe.machine(n).crash();
    for (auto& place : places_) {
      place.node.reset();
      place.store.reset();
    }
  }
  SimRig(const SimRig&) = delete;

  mesh::Address address(std::size_t index) const {
    return places_[index].machine->address(mesh_port);
  }
  mesh::SimMachine& machine(std::size_t index) { return *places_[index].machine; }

  /// Starts node `index`, which dials each of `dials`: an agent at the address given.
  Result<void> try_open(std::size_t index,
                        std::vector<std::pair<std::size_t, mesh::Address>> dials = {},
                        std::vector<crypto::Certificate> certificates = {}) {
    auto& place = places_[index];
    auto& world = place.machine->world();
    place.store = mesh::open_memory_store(world, place.backing);
    auto options = federation.options(index);
    if (!unreachable.contains(index)) options.listen = address(index).text;
    if (author_bytes_max) options.author_bytes_max = *author_bytes_max;
    if (!certificates.empty()) options.certificates = std::move(certificates);
    for (const auto& [peer, at] : dials)
      options.peers.push_back(federation.peer(peer, {at.text}));
    auto opened =
        mesh::Node::open(world, *place.store, std::move(options), {&place.notes});
    if (!opened) return std::unexpected(opened.error());
    place.node = std::move(*opened);
    return {};
  }
  /// The same; the test fails where it does not start.
  void open(std::size_t index, std::vector<std::size_t> dials = {}) {
    std::vector<std::pair<std::size_t, mesh::Address>> to;
    for (const auto peer : dials) to.emplace_back(peer, address(peer));
    REQUIRE(try_open(index, std::move(to)));
  }
  /// kill -9; what was on the disk stays, and so it starts again.
  void kill_and_reopen(std::size_t index) {
    auto& place = places_[index];
    place.machine->kill();
    place.node.reset();
    place.store.reset();
    place.notes.verified.clear();
    place.notes.durable.clear();
    place.notes.failed.reset();
    place.machine->restart();
    open(index);
  }

  /// The machine goes down, and has what `backup` holds when it starts again.
  void restore(std::size_t index, const mesh::MemoryBacking& backup) {
    auto& place = places_[index];
    place.machine->kill();
    place.node.reset();
    place.store.reset();
    place.notes = {};
    place.backing = std::make_shared<mesh::MemoryBacking>(backup);
    place.machine->restart();
  }

  mesh::Node& node(std::size_t index) { return *places_[index].node; }
  mesh::Store& store(std::size_t index) { return *places_[index].store; }
  Notebook& notes(std::size_t index) { return places_[index].notes; }
  /// What lies on the disk of `index`.
  mesh::MemoryBacking& disk(std::size_t index) { return *places_[index].backing; }

  /// What node `at` has refused agent `from`, by reason.
  std::map<std::string, std::uint64_t> refused(std::size_t at, std::size_t from) {
    for (const auto& peer : node(at).peers())
      if (peer.agent == federation.agents[from].name) return peer.refused;
    return {};
  }
  bool connected(std::size_t a, std::size_t b) {
    return until([&] {
      return node(a).reachable(federation.agents[b].org) &&
             node(b).reachable(federation.agents[a].org);
    });
  }
  bool until(const std::function<bool()>& condition, Duration limit = std::chrono::seconds(20)) {
    return universe.run_while_not(condition, limit).has_value();
  }
  void run_for(Duration duration) { REQUIRE(universe.run_for(duration)); }

  mesh::Draft note(std::size_t index, mesh::Tlp tlp, mesh::Audience audience,
                   std::string_view text) {
    return made_note(node(index), {tlp, mesh::Pap::green}, std::move(audience), text,
                     universe.wall());
  }
  using Publishing = std::optional<Result<std::vector<mesh::Published>>>;
  /// Puts the outcome into `done`, which outlives it, or never when the machine ends first.
  void start_publishing(std::size_t index, mesh::Draft draft, Publishing& done) {
    machine(index).world().loop.spawn(publish_into(node(index), std::move(draft), done));
  }
  Result<std::vector<mesh::Published>> try_publish(std::size_t index, mesh::Draft draft) {
    Publishing done;
    start_publishing(index, std::move(draft), done);
    REQUIRE(until([&] { return done.has_value(); }));
    return std::move(*done);
  }
  mesh::Published publish(std::size_t index, mesh::Draft draft) {
    const auto done = try_publish(index, std::move(draft));
    REQUIRE(done);
    return done->front();
  }

  mesh::SimUniverse universe{5};
  Federation federation;
  std::optional<std::uint64_t> author_bytes_max;  ///< of nodes opened from now on
  std::set<std::size_t> unreachable;  ///< opened from now on, they dial and are not dialled

 private:
  struct Place {
    mesh::SimMachine* machine = nullptr;
    std::shared_ptr<mesh::MemoryBacking> backing = mesh::make_memory_backing();
    Notebook notes;
    std::unique_ptr<mesh::Store> store;
    std::unique_ptr<mesh::Node> node;
  };
  static mesh::Task<void> publish_into(mesh::Node& node, mesh::Draft draft, Publishing& done) {
    std::vector<mesh::Draft> drafts;
    drafts.push_back(std::move(draft));
    auto task = node.publish(std::move(drafts));
    done = co_await std::move(task);
  }

  std::vector<Place> places_;
};

inline const mesh::Audience all_members{true, {}, {}};

}  // namespace tocsin::tests
