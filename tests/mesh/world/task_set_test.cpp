#include "mesh/world/task_set.hpp"

#include "tests/catch.hpp"

using namespace tocsin::mesh;

namespace {

/// Suspends until resumed by hand.
struct Gate {
  std::coroutine_handle<> waiter{};
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() const {}
};

Task<int> one() { co_return 1; }

Task<void> count(int& sum, int times) {
  for (int i = 0; i < times; ++i) sum += co_await one();
}

struct Counts {
  int& count;
  ~Counts() { ++count; }
};

Task<void> pass(Gate& gate) { co_await gate; }

Task<void> hold(Gate& gate, int& destroyed) {
  Counts counts{destroyed};
  co_await pass(gate);
}

}  // namespace

TEST_CASE("a task starts at once and is gone when it ends") {
  TaskSet set;
  Gate gate;
  int destroyed = 0;
  set.spawn(hold(gate, destroyed));
  CHECK(set.size() == 1);
  gate.waiter.resume();
  CHECK(set.size() == 0);
  CHECK(destroyed == 1);
}

TEST_CASE("clearing destroys what has not ended, inner tasks included") {
  TaskSet set;
  Gate first, second;
  int destroyed = 0;
  set.spawn(hold(first, destroyed));
  set.spawn(hold(second, destroyed));
  set.clear();
  CHECK(set.size() == 0);
  CHECK(destroyed == 2);
}

TEST_CASE("a million tasks that end at once do not use up the stack") {
  TaskSet set;
  int sum = 0;
  set.spawn(count(sum, 1'000'000));
  CHECK(sum == 1'000'000);
}
