// Loop and clocks of one life of a simulated machine.
#pragma once

#include "mesh/world/sim_universe.hpp"
#include "mesh/world/task_set.hpp"

namespace tocsin::mesh {

/// Lifetime: `universe` and `life` outlive it. On a dead life nothing that is asked
/// happens.
class SimLoop final : public Loop {
 public:
  SimLoop(SimUniverse& universe, SimLife& life) : universe_(universe), life_(life) {}
  void post(Job job) override;
  TimerId after(Duration delay, Job job) override;
  void cancel(TimerId timer) override { universe_.cancel(timer); }
  void spawn(Task<void> task) override;
  /// Destroys all tasks, as a crash does.
  void destroy_tasks() { tasks_.clear(); }
  std::size_t tasks() const { return tasks_.size(); }
  SimLife& life() { return life_; }
  const SimLife& life() const { return life_; }

 private:
  SimUniverse& universe_;
  SimLife& life_;
  TaskSet tasks_;
};

/// The universe's time since this life began, and the calendar with the machine's skew.
class SimClock final : public Clock {
 public:
  SimClock(const SimUniverse& universe, const Duration& skew)
      : universe_(universe), skew_(skew), start_(universe.now()) {}
  Instant now() const override { return {universe_.now() - start_}; }
  WallTime wall() const override { return universe_.wall() + skew_; }

 private:
  const SimUniverse& universe_;
  const Duration& skew_;
  Duration start_;
};

}  // namespace tocsin::mesh
