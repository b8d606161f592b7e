// Owns the root coroutines of a loop: each lives until it ends or the set is cleared.
#pragma once

#include <coroutine>
#include <map>

#include "mesh/world/task.hpp"

namespace tocsin::mesh {

class TaskSet {
 public:
  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  ~TaskSet() { clear(); }

  /// Starts `task` at once.
  void spawn(Task<void> task);
  /// Destroys every task that has not ended, the youngest first. Not from inside one of
  /// them.
  void clear();
  std::size_t size() const { return roots_.size(); }

 private:
  struct Root;
  static Root run(TaskSet& set, std::uint64_t number, Task<void> task);
  // In order of age, so that a simulated crash is the same each time.
  std::map<std::uint64_t, std::coroutine_handle<>> roots_;
  std::uint64_t last_ = 0;
};

}  // namespace tocsin::mesh
