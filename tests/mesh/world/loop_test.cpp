#include "mesh/world/loop.hpp"

#include "mesh/world/real_world.hpp"
#include "mesh/world/task_set.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

Task<void> note(Event& event, Duration timeout, std::vector<bool>& seen) {
  const bool was_set = co_await event.wait(timeout);
  seen.push_back(was_set);
}

Task<std::vector<bool>> set_after_wait(Loop& loop) {
  std::vector<bool> seen;
  Event event(loop);
  loop.spawn(note(event, -1ns, seen));
  event.set();
  CHECK(seen.empty());
  co_await sleep(loop, 1ms);
  co_return seen;
}

Task<std::vector<bool>> wait_after_set(Loop& loop) {
  std::vector<bool> seen;
  Event event(loop);
  event.set();
  event.set();
  loop.spawn(note(event, -1ns, seen));
  loop.spawn(note(event, 1ms, seen));
  co_await sleep(loop, 5ms);
  co_return seen;
}

Task<bool> outlive(Loop& loop) {
  auto event = std::make_unique<Event>(loop);
  {
    auto waiting = event->wait(1h);
    TaskSet set;
    std::vector<bool> seen;
    set.spawn(note(*event, 1h, seen));
    set.clear();
  }
  std::vector<bool> seen;
  loop.spawn(note(*event, 2ms, seen));
  event.reset();
  co_await sleep(loop, 5ms);
  co_return seen.size() == 1 && !seen[0];
}

Task<std::string> order(Loop& loop) {
  std::string out;
  loop.after(2ms, [&] { out += 'c'; });
  loop.after(1ms, [&] { out += 'b'; });
  const auto cancelled = loop.after(0ms, [&] { out += 'x'; });
  loop.post([&] { out += 'a'; });
  loop.cancel(cancelled);
  co_await sleep(loop, 5ms);
  co_return out;
}

}  // namespace

TEST_CASE("a waiter comes back from the loop after the event is set, not inside set") {
  RealWorld real;
  CHECK(real.complete(set_after_wait(real.world().loop)) == std::vector{true});
}

TEST_CASE("an event that was set twice wakes one wait, and the next one times out") {
  RealWorld real;
  CHECK(real.complete(wait_after_set(real.world().loop)) == std::vector{true, false});
}

TEST_CASE("an event and its waiter may go in either order") {
  RealWorld real;
  CHECK(real.complete(outlive(real.world().loop)));
}

TEST_CASE("jobs run in order of time unless cancelled") {
  RealWorld real;
  CHECK(real.complete(order(real.world().loop)) == "abc");
}
