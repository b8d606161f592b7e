#include "mesh/sync/turns.hpp"

namespace tocsin::mesh {

// In the coroutine's frame, so that one destroyed while it waits leaves no trace.
struct Turns::Waiter {
  Waiter(std::list<Event*>& among, Loop& loop) : list(among), event(loop) {
    at = list.insert(list.end(), &event);
  }
  Waiter(const Waiter&) = delete;
  ~Waiter() { list.erase(at); }
  std::list<Event*>& list;
  Event event;
  std::list<Event*>::iterator at;
};

Task<void> Turns::take() {
  if (spent_ < work_max && waiters_.empty()) co_return;
  {
    Waiter waiter(waiters_, loop_);
    next_turn();
    auto turn = waiter.event.wait();
    co_await turn;
  }
  if (!waiters_.empty()) next_turn();
}

// One after the other, each behind whatever else the loop has to do by then.
void Turns::next_turn() {
  if (posted_) return;
  posted_ = true;
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired()) return;
    posted_ = false;
    spent_ = {};
    if (!waiters_.empty()) waiters_.front()->set();
  });
}

}  // namespace tocsin::mesh
