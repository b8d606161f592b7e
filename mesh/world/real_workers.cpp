#include "mesh/world/real_workers.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <pthread.h>

namespace tocsin::mesh {

namespace {

constexpr std::size_t thread_name_max = 15;

class RealWorker final : public Worker {
 public:
  explicit RealWorker(const std::string& name) : thread_([this] { work(); }) {
    pthread_setname_np(thread_.native_handle(), name.substr(0, thread_name_max).c_str());
  }
  ~RealWorker() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    more_.notify_one();
    thread_.join();
  }
  void run(Job job) override {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    more_.notify_one();
  }
  std::size_t queued() const override {
    const std::lock_guard lock(mutex_);
    return jobs_.size();
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      more_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
  }
  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Job> jobs_;
  bool ending_ = false;
  std::thread thread_;  // last: it reads the others from its start
};

}  // namespace

std::unique_ptr<Worker> RealWorkers::make(std::string name) {
  return std::make_unique<RealWorker>(name);
}

// The caller does its own first, then helps with what nobody has begun.
void RealWorkers::run_all(std::vector<Job> jobs) {
  if (jobs.empty()) return;
  std::atomic<std::size_t> next = 1;
  const auto take = [&] {
    for (auto at = next.fetch_add(1); at < jobs.size(); at = next.fetch_add(1)) jobs[at]();
  };
  const std::size_t cores = std::max(2u, std::thread::hardware_concurrency());
  std::vector<std::jthread> beside;
  for (std::size_t i = 1; i < std::min(cores, jobs.size()); ++i) beside.emplace_back(take);
  jobs.front()();
  take();
}

}  // namespace tocsin::mesh
