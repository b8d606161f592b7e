// Bounds how long bulk frames are worked on before everything else on the loop gets its turn, so
// that an alarm overtakes a catch-up here too.
#pragma once

#include <list>
#include <memory>

#include "mesh/world/loop.hpp"

namespace tocsin::mesh {

/// Loop thread only.
class Turns {
 public:
  /// Lifetime: `loop` outlives it, and it outlives those that wait.
  explicit Turns(Loop& loop) : loop_(loop) {}
  Turns(const Turns&) = delete;

  /// Completes at once while this turn has time left and nobody waits; else in a turn of its own,
  /// first come first served. To be called before each bulk frame is worked on.
  Task<void> take();
  /// How long the frame took.
  void spend(Duration time) { spent_ += time; }

  static constexpr Duration work_max = std::chrono::milliseconds(2);

 private:
  struct Waiter;
  void next_turn();

  Loop& loop_;
  Duration spent_{};
  bool posted_ = false;
  std::list<Event*> waiters_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::mesh
