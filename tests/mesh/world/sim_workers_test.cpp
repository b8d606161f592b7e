#include "mesh/world/sim_workers.hpp"

#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("a worker keeps the order of its jobs, two workers do not") {
  SimFaults faults;
  faults.work_max = 50ms;
  SimUniverse universe(3, faults);
  auto& workers = universe.add_machine("a").world().workers;
  const auto one = workers.make("one"), two = workers.make("two");
  std::string order;
  for (const char c : {'a', 'b', 'c', 'd'}) one->run([&order, c] { order += c; });
  for (const char c : {'1', '2', '3', '4'}) two->run([&order, c] { order += c; });
  CHECK(one->queued() == 4);
  CHECK(order.empty());
  REQUIRE(universe.run_for(1s));
  CHECK(order.size() == 8);
  CHECK(order != "abcd1234");
  std::string letters, digits;
  for (const char c : order) (c >= 'a' ? letters : digits) += c;
  CHECK(letters == "abcd");
  CHECK(digits == "1234");
}

TEST_CASE("a worker that goes runs what is queued, unless its machine has crashed") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  int ran = 0;
  {
    const auto worker = machine.world().workers.make("w");
    worker->run([&] { ++ran; });
    worker->run([&] { ++ran; });
  }
  CHECK(ran == 2);
  auto worker = machine.world().workers.make("w");
  worker->run([&] { ++ran; });
  machine.crash();
  worker->run([&] { ++ran; });
  worker.reset();
  REQUIRE(universe.run_for(1s));
  CHECK(ran == 2);
}

TEST_CASE("a job may give its worker another one") {
  SimUniverse universe(1);
  const auto worker = universe.add_machine("a").world().workers.make("w");
  int ran = 0;
  worker->run([&] {
    ++ran;
    worker->run([&] { ++ran; });
  });
  REQUIRE(universe.run_for(1s));
  CHECK(ran == 2);
}

TEST_CASE("jobs that are run together run in order, at once") {
  SimUniverse universe(3);
  auto& workers = universe.add_machine("a").world().workers;
  std::string order;
  std::vector<Job> jobs;
  for (const char c : {'a', 'b', 'c'}) jobs.push_back([&order, c] { order += c; });
  workers.run_all(std::move(jobs));
  CHECK(order == "abc");
}
