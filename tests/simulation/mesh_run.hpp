// One simulated life of a whole federation: agents publish under faults, then everything heals,
// and what each of them can read is compared with what it should. What must hold at every moment
// is checked all along.
#pragma once

#include "mesh/store/memory_medium.hpp"
#include "mesh/sync/archive.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_wires.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/simulation/mesh_plan.hpp"

namespace tocsin::tests {

class MeshRun {
 public:
  explicit MeshRun(std::uint64_t seed) : MeshRun(MeshPlan::drawn(seed)) {}
  explicit MeshRun(MeshPlan plan);
  ~MeshRun();

  /// Publishes under faults for the plan's trouble, then heals and waits until all agree. Empty,
  /// or what went wrong.
  std::string play();
  std::string play(Duration trouble) {
    plan_.trouble = trouble;
    return play();
  }
  std::uint64_t trace() const { return universe_.trace_hash(); }
  std::size_t acknowledged() const { return acknowledged_.size(); }
  std::size_t crashes() const { return crashes_; }
  std::size_t agents() const { return places_.size(); }

  struct Report {
    std::size_t published = 0, acknowledged = 0, excused = 0, crashes = 0, forks = 0;
    std::uint64_t mended = 0, events = 0;
    std::uint64_t received = 0, duplicates = 0;  ///< batches that came to agents, and again
    std::uint64_t stubs = 0;     ///< batches that gave up their payload, of all agents
    std::uint64_t checkpoints_refused = 0;
    std::size_t queued_max = 0;  ///< events that waited at once, per agent
    Duration healed_after{};     ///< from the healing to the agreement
  };
  Report report() const;
  std::uint64_t bases() const;  ///< logs that begin later, over all agents

  /// What waits at once in the universe, per agent: segments on their way, timers, jobs.
  static constexpr std::size_t queued_per_agent_max = 4096;
  static constexpr Duration healed_max = std::chrono::seconds(60);
  static constexpr Duration settled_max = std::chrono::seconds(20);

 private:
  struct Place {
    std::size_t agent = 0;  ///< in the federation
    mesh::SimMachine* machine = nullptr;
    std::shared_ptr<mesh::MemoryBacking> backing;
    std::optional<mesh::MemoryBacking> backup;
    std::unique_ptr<Notebook> notes;
    std::unique_ptr<mesh::Store> store;
    std::unique_ptr<mesh::Node> node;
    bool damaged = false;  ///< its disk lost something since it was opened last
    bool gone = false;     ///< a twin that was found and switched off
  };
  struct Said {
    std::size_t author = 0;  ///< in the federation
    mesh::Audience audience;
  };
  class Watch;

  // mesh_run.cpp: life
  void connect_all();
  bool is_gateway(std::size_t agent) const;
  void open(std::size_t index);
  void take_down(std::size_t index, bool power_cut);
  void bring_back(std::size_t index);
  void say_something(std::size_t index);
  void say_aged(std::size_t index);
  static mesh::Task<void> publish_all(MeshRun& run, std::size_t index,
                                      std::vector<std::pair<mesh::Draft, std::string>> drafts);
  static mesh::Task<void> compact(MeshRun& run, std::size_t index);
  std::string agree();
  static mesh::Task<void> publish(MeshRun& run, std::size_t index, mesh::Draft draft,
                                  std::string text);
  static mesh::Task<void> decide(MeshRun& run, std::size_t index, std::vector<mesh::Draft> drafts);
  std::vector<mesh::Draft> decisions(std::size_t index) const;
  std::string settle_forks();

  // mesh_trouble.cpp: what befalls it
  void schedule_trouble();
  void schedule_cuts();
  void schedule_crashes();
  void schedule_restores();
  void schedule_bad_disks();
  void schedule_twin();
  void schedule_compactions();
  void spoil(std::size_t index, std::uint64_t how);
  void start_twin(std::size_t index);
  void forge_newest(Place& place);
  void mend();
  Duration sometime();
  std::size_t someone() { return std::size_t(chance_.below(places_.size())); }

  // mesh_checks.cpp: what must hold
  bool may_read(std::size_t agent, const mesh::Audience& audience) const;
  bool honest(std::size_t agent) const { return agent != villain_; }
  void blame(std::string what);
  void check_heard(std::size_t index, const mesh::Delivered& batch);
  void note_indicators(std::size_t index, const mesh::Delivered& batch);
  void check_kept(std::size_t index, const Notebook& before);
  void check_now();
  void excuse_what_only_it_holds(std::size_t index);
  std::string complaint();
  std::string notes_complaint() const;
  std::string digests_complaint() const;
  std::string forks_complaint() const;
  std::string unsettled_complaint() const;
  std::string audit();
  std::string rot_complaint(std::size_t index) const;
  bool broken(const mesh::LogKey& log) const;
  bool of_broken_log(std::size_t index, std::string_view complaint) const;
  std::string clear_text_complaint(std::size_t index) const;

  static constexpr std::size_t nobody = ~std::size_t(0);

  void count(const mesh::SyncCounters& counters);

  MeshPlan plan_;
  mesh::SimChance chance_;
  mesh::SimUniverse universe_;
  std::unique_ptr<Federation> federation_;
  std::shared_ptr<mesh::BytesPool> pool_ = std::make_shared<mesh::BytesPool>();
  std::vector<Place> places_;
  std::set<std::pair<std::size_t, std::size_t>> dials_;
  std::map<std::string, Said> said_;
  std::set<std::string> acknowledged_;
  /// Acknowledged, and then taken off the only disk that held them.
  std::set<std::string> excused_;
  std::set<mesh::LogKey> torn_;  ///< logs of which a part was lost so
  std::vector<std::unique_ptr<Watch>> watches_;
  std::string wrong_;  ///< the first that did not hold
  std::size_t villain_ = nobody;
  std::set<std::size_t> restored_;
  std::size_t crashes_ = 0, queued_max_ = 0;
  std::uint64_t mended_ = 0, received_ = 0, duplicates_ = 0;
  Duration healed_after_{};
};

}  // namespace tocsin::tests
