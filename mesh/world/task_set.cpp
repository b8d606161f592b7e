#include "mesh/world/task_set.hpp"

namespace tocsin::mesh {

struct TaskSet::Root {
  struct promise_type {
    TaskSet& set;
    std::uint64_t number;

    promise_type(TaskSet& owner, std::uint64_t its_number, Task<void>&)
        : set(owner), number(its_number) {}
    ~promise_type() { set.roots_.erase(number); }
    std::coroutine_handle<promise_type> handle() {
      return std::coroutine_handle<promise_type>::from_promise(*this);
    }
    Root get_return_object() { return {handle()}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    [[noreturn]] void unhandled_exception() noexcept {
      panic("exception escaped a root coroutine", __FILE__, __LINE__);
    }
  };
  std::coroutine_handle<promise_type> handle;
};

TaskSet::Root TaskSet::run(TaskSet&, std::uint64_t, Task<void> task) { co_await task; }

void TaskSet::spawn(Task<void> task) {
  const auto root = run(*this, ++last_, std::move(task));
  roots_.emplace(last_, root.handle);
  root.handle.resume();
}

void TaskSet::clear() {
  // A frame that is destroyed may take others with it, so the set is read anew each time.
  while (!roots_.empty()) roots_.rbegin()->second.destroy();
}

}  // namespace tocsin::mesh
