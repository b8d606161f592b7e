// The one thread that decides: jobs, timers and the coroutines that live on it.
#pragma once

#include <functional>

#include "mesh/world/clock.hpp"
#include "mesh/world/task.hpp"

namespace tocsin::mesh {

using Job = std::move_only_function<void()>;
using TimerId = std::uint64_t;

class Loop {
 public:
  virtual ~Loop() = default;
  /// Runs `job` on the loop, after what is running now. Safe from any thread.
  virtual void post(Job job) = 0;
  /// Runs `job` once, `delay` from now, unless cancelled. Loop thread only.
  virtual TimerId after(Duration delay, Job job) = 0;
  virtual void cancel(TimerId timer) = 0;
  /// Starts `task` at once and owns it until it ends or the loop is destroyed. Loop thread only.
  virtual void spawn(Task<void> task) = 0;
};

/// Completes `delay` later. Lifetime: `loop` outlives the task.
Task<void> sleep(Loop& loop, Duration delay);

/// A signal between coroutines of one loop: `wait` completes at the next `set`, or at once if it
/// was set since the last wait. At most one waiter at a time. `set` never runs the waiter itself:
/// that comes back from the loop, so whoever sets may go on safely.
class Event {
 public:
  explicit Event(Loop& loop) : loop_(loop) {}
  Event(const Event&) = delete;
  ~Event();
  void set();
  /// True when set, false when `timeout` passed first (no time-out when negative).
  Task<bool> wait(Duration timeout = Duration(-1));

 private:
  struct Awaiter;
  Loop& loop_;
  Awaiter* awaiter_ = nullptr;
  bool set_ = false;
};

}  // namespace tocsin::mesh
