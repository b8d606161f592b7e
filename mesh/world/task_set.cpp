#include "mesh/world/task_set.hpp"

namespace tocsin::mesh {

struct TaskSet::Root {
  struct promise_type {
    TaskSet& set;

    promise_type(TaskSet& owner, Task<void>&) : set(owner) {}
    ~promise_type() { set.roots_.erase(handle().address()); }
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

TaskSet::Root TaskSet::run(TaskSet&, Task<void> task) { co_await task; }

void TaskSet::spawn(Task<void> task) {
  const auto root = run(*this, std::move(task));
  roots_.insert(root.handle.address());
  root.handle.resume();
}

void TaskSet::clear() {
  // A frame that is destroyed may take others with it, so the set is read anew each time.
  while (!roots_.empty())
    std::coroutine_handle<>::from_address(*roots_.begin()).destroy();
}

}  // namespace tocsin::mesh
