// One simulated life of a whole federation: agents publish under faults, then everything heals,
// and what each of them can read is compared with what it should.
#pragma once

#include "mesh/sync/archive.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

class MeshRun {
 public:
  explicit MeshRun(std::uint64_t seed);
  ~MeshRun();

  /// Publishes under faults for `trouble`, then heals and waits until all agree. Empty, or what
  /// went wrong.
  std::string play(Duration trouble);
  std::uint64_t trace() const { return universe_.trace_hash(); }
  std::size_t acknowledged() const { return acknowledged_.size(); }
  std::size_t crashes() const { return crashes_; }
  std::size_t agents() const { return places_.size(); }

 private:
  struct Place {
    mesh::SimMachine* machine = nullptr;
    std::shared_ptr<mesh::MemoryBacking> backing;
    std::unique_ptr<Notebook> notes;
    std::unique_ptr<mesh::Store> store;
    std::unique_ptr<mesh::Node> node;
  };
  struct Said {
    std::size_t author = 0;
    mesh::Audience audience;
  };

  void open(std::size_t index);
  void take_down(std::size_t index, bool power_cut);
  void say_something(std::size_t index);
  void schedule_trouble(Duration trouble);
  void mend();
  bool may_read(std::size_t index, const mesh::Audience& audience) const;
  std::string complaint();
  std::string audit();
  static mesh::Task<void> publish(MeshRun& run, std::size_t index, mesh::Draft draft,
                                  std::string text);

  mesh::SimChance chance_;
  mesh::SimUniverse universe_;
  std::unique_ptr<Federation> federation_;
  std::vector<Place> places_;
  std::set<std::pair<std::size_t, std::size_t>> dials_;
  std::map<std::string, Said> said_;
  std::set<std::string> acknowledged_;
  std::size_t crashes_ = 0;
};

}  // namespace tocsin::tests
