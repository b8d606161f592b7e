#include "mesh/world/loop.hpp"

namespace tocsin::mesh {

namespace {

/// Sleeps on a timer, and takes it back if its coroutine is destroyed meanwhile.
struct Sleep {
  Loop& loop;
  Duration delay;
  TimerId timer = 0;

  ~Sleep() {
    if (timer != 0) loop.cancel(timer);
  }
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> sleeper) {
    timer = loop.after(delay, [this, sleeper] {
      timer = 0;
      sleeper.resume();
    });
  }
  void await_resume() const {}
};

}  // namespace

Task<void> sleep(Loop& loop, Duration delay) {
  Sleep nap{loop, delay};
  co_await nap;
}

struct Event::Awaiter {
  Event* event;
  Duration timeout;
  Loop& loop;
  std::coroutine_handle<> waiter{};
  TimerId timer = 0;
  bool fired = false;

  ~Awaiter() {
    if (timer != 0) loop.cancel(timer);
    if (event != nullptr && event->awaiter_ == this) event->awaiter_ = nullptr;
  }
  bool await_ready() const { return event->set_; }
  void await_suspend(std::coroutine_handle<> handle) {
    TOCSIN_ASSERT(event->awaiter_ == nullptr);
    event->awaiter_ = this;
    waiter = handle;
    if (timeout >= Duration(0)) resume_after(timeout);
  }
  void resume_after(Duration delay) {
    if (timer != 0) loop.cancel(timer);
    timer = loop.after(delay, [this] {
      timer = 0;
      waiter.resume();
    });
  }
  bool await_resume() {
    if (event == nullptr) return fired;
    if (event->awaiter_ == this) event->awaiter_ = nullptr;
    return std::exchange(event->set_, false);
  }
};

Event::~Event() {
  if (awaiter_ != nullptr) awaiter_->event = nullptr;
}

void Event::set() {
  if (set_) return;
  set_ = true;
  if (awaiter_ == nullptr) return;
  awaiter_->fired = true;
  awaiter_->resume_after(Duration(0));
}

Task<bool> Event::wait(Duration timeout) {
  Awaiter awaiter{this, timeout, loop_};
  const bool was_set = co_await awaiter;
  co_return was_set;
}

}  // namespace tocsin::mesh
