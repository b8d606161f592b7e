#include "mesh/world/real_loop.hpp"

#include <unordered_map>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "mesh/world/task_set.hpp"

namespace tocsin::mesh {

namespace asio = boost::asio;

struct RealLoop::State {
  struct Timer {
    asio::steady_timer clock;
    Job job;
  };
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::unordered_map<TimerId, Timer> timers;
  TimerId last = 0;
  TaskSet tasks;

  void fire(TimerId id) {
    const auto found = timers.find(id);
    if (found == timers.end()) return;
    Job job = std::move(found->second.job);
    timers.erase(found);
    job();
  }
};

RealLoop::RealLoop() : state_(std::make_unique<State>()) {}
RealLoop::~RealLoop() { state_->tasks.clear(); }

void RealLoop::post(Job job) { asio::post(state_->context, std::move(job)); }

TimerId RealLoop::after(Duration delay, Job job) {
  auto* state = state_.get();
  const TimerId id = ++state->last;
  auto& timer =
      state->timers.try_emplace(id, asio::steady_timer(state->context), std::move(job))
          .first->second;
  if (delay <= Duration(0)) {
    asio::post(state->context, [state, id] { state->fire(id); });
    return id;
  }
  timer.clock.expires_after(delay);
  timer.clock.async_wait([state, id](boost::system::error_code error) {
    if (!error) state->fire(id);
  });
  return id;
}

void RealLoop::cancel(TimerId timer) { state_->timers.erase(timer); }
void RealLoop::spawn(Task<void> task) { state_->tasks.spawn(std::move(task)); }
void RealLoop::stop() { state_->context.stop(); }
void RealLoop::destroy_tasks() { state_->tasks.clear(); }
asio::io_context& RealLoop::context() { return state_->context; }

void RealLoop::run() {
  state_->context.run();
  state_->context.restart();
}

}  // namespace tocsin::mesh
