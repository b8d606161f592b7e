#include "mesh/world/real_workers.hpp"

#include <atomic>
#include <future>
#include <thread>

#include "tests/catch.hpp"

using namespace tocsin::mesh;

TEST_CASE(
    "a worker runs its jobs in order on one other thread, all of them before it goes") {
  RealWorkers workers;
  std::vector<int> seen;
  std::thread::id first, last;
  {
    const auto worker = workers.make("a name longer than a thread's");
    worker->run([&] { first = std::this_thread::get_id(); });
    for (int i = 0; i < 1000; ++i) worker->run([&seen, i] { seen.push_back(i); });
    worker->run([&] { last = std::this_thread::get_id(); });
  }
  CHECK(seen.size() == 1000);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(first == last);
  CHECK(first != std::this_thread::get_id());
}

TEST_CASE("a worker tells how many jobs wait") {
  RealWorkers workers;
  const auto worker = workers.make("queue");
  std::promise<void> started, go_on;
  worker->run([&] {
    started.set_value();
    go_on.get_future().wait();
  });
  started.get_future().wait();
  worker->run([] {});
  worker->run([] {});
  CHECK(worker->queued() == 2);
  go_on.set_value();
}

TEST_CASE("jobs that are run together have all ended, the first of them on the caller's thread") {
  RealWorkers workers;
  std::atomic<int> ended = 0;
  std::thread::id first;
  std::vector<Job> jobs;
  jobs.push_back([&] {
    first = std::this_thread::get_id();
    ++ended;
  });
  for (int i = 0; i < 100; ++i)
    jobs.push_back([&] {
      std::vector<Job> inner;
      inner.push_back([&] { ++ended; });
      workers.run_all(std::move(inner));
    });
  workers.run_all(std::move(jobs));
  CHECK(ended == 101);
  CHECK(first == std::this_thread::get_id());
  workers.run_all({});
}

TEST_CASE("two jobs can wait for one another, since they run at the same time") {
  RealWorkers workers;
  std::promise<void> here, there;
  std::vector<Job> jobs;
  jobs.push_back([&] {
    here.set_value();
    there.get_future().wait();
  });
  jobs.push_back([&] {
    here.get_future().wait();
    there.set_value();
  });
  workers.run_all(std::move(jobs));
  SUCCEED("both came back");
}
