#include "mesh/world/sim_workers.hpp"

#include <deque>

namespace tocsin::mesh {

namespace {

class SimWorker final : public Worker {
 public:
  SimWorker(SimUniverse& universe, SimLife& life) : universe_(universe), life_(life) {}
  ~SimWorker() override {
    universe_.cancel(event_);
    while (life_.alive && !jobs_.empty()) run_first();
  }
  void run(Job job) override {
    if (!life_.alive) return;
    jobs_.push_back(std::move(job));
    if (jobs_.size() == 1 && !running_) plan();
  }
  std::size_t queued() const override { return jobs_.size(); }

 private:
  void plan() {
    const auto& faults = universe_.faults();
    const auto delay = universe_.chance().between(faults.work_min, faults.work_max);
    event_ = universe_.schedule(delay, &life_, life_.machine, SimKind::work, jobs_.size(),
                                [this] {
                                  run_first();
                                  if (!jobs_.empty()) plan();
                                });
  }
  void run_first() {
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    running_ = true;
    job();
    running_ = false;
  }
  SimUniverse& universe_;
  SimLife& life_;
  std::deque<Job> jobs_;
  std::uint64_t event_ = 0;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<Worker> SimWorkers::make(std::string) {
  return std::make_unique<SimWorker>(universe_, life_);
}

void SimWorkers::run_all(std::vector<Job> jobs) {
  for (auto& job : jobs) job();
}

}  // namespace tocsin::mesh
