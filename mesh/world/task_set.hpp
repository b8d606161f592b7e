// Owns the root coroutines of a loop: each lives until it ends or the set is cleared.
#pragma once

#include <coroutine>
#include <unordered_set>

#include "mesh/world/task.hpp"

namespace tocsin::mesh {

class TaskSet {
 public:
  TaskSet() = default;
  TaskSet(const TaskSet&) = delete;
  ~TaskSet() { clear(); }

  /// Starts `task` at once.
  void spawn(Task<void> task);
  /// Destroys every task that has not ended. Not from inside one of them.
  void clear();
  std::size_t size() const { return roots_.size(); }

 private:
  struct Root;
  static Root run(TaskSet& set, Task<void> task);
  std::unordered_set<void*> roots_;
};

}  // namespace tocsin::mesh
