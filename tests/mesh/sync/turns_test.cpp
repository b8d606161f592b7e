#include "mesh/sync/turns.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

struct Rig {
  ~Rig() { loop.destroy_tasks(); }
  /// Works `times` times for `each`, and notes its name each time.
  static Task<void> work(Rig& rig, std::string name, int times, Duration each) {
    for (int i = 0; i < times; ++i) {
      auto turn = rig.turns.take();
      co_await turn;
      rig.order += name;
      rig.turns.spend(each);
    }
  }
  MemoryLoop loop;
  Turns turns{loop};
  std::string order;
};

}  // namespace

TEST_CASE("within one turn of the loop bulk is worked on for a bounded time") {
  Rig rig;
  rig.loop.post([&] { rig.order += "!"; });
  rig.loop.spawn(Rig::work(rig, "a", 6, Turns::work_max / 2));
  CHECK(rig.order == "aa");
  rig.loop.settle();
  CHECK(rig.order == "aa!aaaa");
}

TEST_CASE("those that wait are served one by one, with everything else in between") {
  Rig rig;
  rig.loop.spawn(Rig::work(rig, "a", 2, Turns::work_max));
  rig.loop.spawn(Rig::work(rig, "b", 2, Turns::work_max));
  rig.loop.post([&] { rig.order += "!"; });
  rig.loop.settle();
  CHECK(rig.order == "a!abb");
}

TEST_CASE("one that goes away while it waits holds up nobody") {
  Rig rig;
  TaskSet others;
  rig.loop.spawn(Rig::work(rig, "a", 1, Turns::work_max));
  others.spawn(Rig::work(rig, "b", 1, Turns::work_max));
  rig.loop.spawn(Rig::work(rig, "c", 1, Turns::work_max));
  others.clear();
  rig.loop.settle();
  CHECK(rig.order == "ac");
}
