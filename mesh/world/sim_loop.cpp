#include "mesh/world/sim_loop.hpp"

namespace tocsin::mesh {

void SimLoop::post(Job job) {
  if (!life_.alive) return;
  universe_.schedule(Duration(0), &life_, life_.machine, SimKind::job, 0, std::move(job));
}

TimerId SimLoop::after(Duration delay, Job job) {
  if (!life_.alive) return ~TimerId(0);
  return universe_.schedule(delay, &life_, life_.machine, SimKind::timer, 0,
                            std::move(job));
}

void SimLoop::spawn(Task<void> task) {
  if (life_.alive) tasks_.spawn(std::move(task));
}

}  // namespace tocsin::mesh
