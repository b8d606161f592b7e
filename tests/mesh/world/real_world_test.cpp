#include "mesh/world/real_world.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

Task<int> add_later(Loop& loop, int a, int b) {
  co_await sleep(loop, 1ms);
  co_return a + b;
}

Task<void> forever(Loop& loop, int& destroyed) {
  struct Counts {
    int& count;
    ~Counts() { ++count; }
  } counts{destroyed};
  co_await sleep(loop, 1h);
}

}  // namespace

TEST_CASE("a real world runs a task to its end and gives its value") {
  RealWorld real;
  CHECK(real.complete(add_later(real.world().loop, 2, 3)) == 5);
  CHECK(real.complete(add_later(real.world().loop, 5, 6)) == 11);
}

TEST_CASE("tasks that never end are destroyed with their world") {
  int destroyed = 0;
  {
    RealWorld real;
    real.world().loop.spawn(forever(real.world().loop, destroyed));
    real.complete(sleep(real.world().loop, 1ms));
    CHECK(destroyed == 0);
  }
  CHECK(destroyed == 1);
}
