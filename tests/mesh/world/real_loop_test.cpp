#include "mesh/world/real_loop.hpp"

#include <thread>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("jobs posted from another thread run on the loop") {
  RealLoop loop;
  int sum = 0;
  std::thread other([&] {
    for (int i = 1; i <= 1000; ++i) loop.post([&sum, i] { sum += i; });
    loop.post([&loop] { loop.stop(); });
  });
  loop.run();
  other.join();
  CHECK(sum == 500'500);
}

TEST_CASE("a stop before the run makes the run return, and the next one goes on") {
  RealLoop loop;
  bool ran = false;
  loop.stop();
  loop.run();
  loop.post([&] {
    ran = true;
    loop.stop();
  });
  loop.run();
  CHECK(ran);
}

TEST_CASE("a timer may cancel itself and others while it runs") {
  RealLoop loop;
  int fired = 0;
  TimerId self = 0;
  const auto other = loop.after(2ms, [&] { fired += 100; });
  self = loop.after(1ms, [&] {
    ++fired;
    loop.cancel(self);
    loop.cancel(other);
    loop.after(4ms, [&] { loop.stop(); });
  });
  loop.run();
  CHECK(fired == 1);
}
