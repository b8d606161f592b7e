// A discrete-event simulator: virtual time, one queue of everything that will happen, and
// a hash of everything that did. Same seed, same hash.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "mesh/world/loop.hpp"
#include "mesh/world/sim_chance.hpp"
#include "mesh/world/sim_faults.hpp"

namespace tocsin::mesh {

class SimMachine;
class SimWires;

/// One run of a machine, from its start to its crash. Things of a dead life stay valid,
/// but what they are asked to do no longer happens.
struct SimLife {
  std::uint32_t machine = 0;
  std::uint64_t number = 0;
  bool alive = true;
};

/// What an event is, for the trace.
enum class SimKind : std::uint8_t { order, job, timer, work, segment, datagram, line };

class SimUniverse {
 public:
  explicit SimUniverse(std::uint64_t seed, SimFaults faults = {});
  SimUniverse(const SimUniverse&) = delete;
  /// Kills every machine that is up.
  ~SimUniverse();

  /// A new machine, up. The n-th has the address 10.0.0.n. Lifetime: the universe's.
  SimMachine& add_machine(std::string name);
  /// By order of addition, from 0.
  SimMachine& machine(std::size_t index);
  std::size_t machine_count() const { return machines_.size(); }

  /// Virtual time since the beginning.
  Duration now() const { return now_; }
  /// What clocks without skew show.
  WallTime wall() const;

  /// Executes the next event; false when there is none.
  bool step();
  /// Executes what happens until then; time is `time` afterwards. Errors: full, after
  /// `events_max` events in this call: something spins without time passing.
  Result<void> run_until(Duration time);
  Result<void> run_for(Duration duration) { return run_until(now_ + duration); }
  /// Until `done` holds after some event. Errors: as run_until; timeout after `limit`.
  Result<void> run_while_not(const std::function<bool()>& done, Duration limit);
  void set_events_max(std::uint64_t events_max) { events_max_ = events_max; }

  /// Something that the test does at that time: crash, cut, add an indicator.
  void at(Duration time, Job job);

  SimWires& wires() { return *wires_; }
  SimChance& chance() { return chance_; }
  const SimFaults& faults() const { return faults_; }
  std::uint64_t trace_hash() const { return trace_; }
  std::uint64_t events() const { return events_; }
  std::size_t queued() const { return queue_.size(); }  ///< events that are still to come

  // For the sim_* parts.
  /// `life` is null for what outlives a crash. The number cancels it.
  std::uint64_t schedule(Duration delay, const SimLife* life, std::uint32_t machine,
                         SimKind kind, std::uint64_t size, Job job);
  void cancel(std::uint64_t number);
  /// Whether the machine of that number is there and up.
  bool machine_up(std::uint32_t number) const;
  /// The life whose event is being executed, 0 for none.
  std::uint64_t running_life() const { return running_life_; }
  /// Takes out all events of a life.
  void purge(const SimLife& life);
  /// Folds something that just happened into the trace.
  void fold(SimKind kind, std::uint32_t machine, ByteView content);

 private:
  struct Due {
    std::uint64_t life = 0;
    std::uint32_t machine = 0;
    SimKind kind{};
    std::uint64_t size = 0;
    Job job;
  };
  Result<void> spend_event(std::uint64_t& spent);

  SimFaults faults_;
  SimChance chance_;
  Duration now_{};
  std::map<std::pair<Duration, std::uint64_t>, Due> queue_;
  std::unordered_map<std::uint64_t, Duration> times_;
  std::uint64_t last_ = 0, trace_ = 0, events_ = 0, events_max_ = 50'000'000;
  std::uint64_t running_life_ = 0;
  std::unique_ptr<SimWires> wires_;
  std::vector<std::unique_ptr<SimMachine>> machines_;
};

}  // namespace tocsin::mesh
