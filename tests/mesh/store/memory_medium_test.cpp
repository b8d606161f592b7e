#include "mesh/store/memory_medium.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Answers;
using tests::made_batch;

TEST_CASE("what was answered survives the store, what was not is lost") {
  RealWorld real;
  Answers answers(real);
  const auto backing = make_memory_backing();
  const auto log = tests::made_log(1);
  auto store = open_memory_store(real.world(), backing);
  store->append(made_batch(log, 1, 2, 10, 1), answers.next());
  store->put({7}, {8}, answers.next());
  answers.wait_all();
  store->append(made_batch(log, 2, 2, 10, 2), [](Result<void>) { FAIL("answered after the end"); });
  CHECK(store->batch(log, 2)->has_value());
  store = open_memory_store(real.world(), backing);
  CHECK(store->batch(log, 1)->has_value());
  CHECK_FALSE(store->batch(log, 2)->has_value());
  CHECK(store->ordinals() == 2);
  CHECK(**store->get(Bytes{7}) == Bytes{8});
  store->put({7}, {}, answers.next());
  answers.wait_all();
  CHECK_FALSE(store->get(Bytes{7})->has_value());
}

TEST_CASE("a batch that rots in memory is named until it is appended again") {
  RealWorld real;
  Answers answers(real);
  const auto backing = make_memory_backing();
  const auto log = tests::made_log(1);
  auto store = open_memory_store(real.world(), backing);
  for (std::uint64_t s = 1; s <= 3; ++s) store->append(made_batch(log, s, 1, 10, s), answers.next());
  answers.wait_all();
  backing->rotten[{log, 2}] = true;
  CHECK(store->batch(log, 2).error().code == Errc::corrupt);
  CHECK(store->batch_of(1).error().code == Errc::corrupt);
  CHECK(store->batches(log, 1, 9, 1 << 20)->size() == 1);
  CHECK(store->scan([](const StoredBatch&) { return true; }).error().code == Errc::corrupt);
  store->append(made_batch(log, 2, 1, 10, 2), answers.next());
  answers.wait_all();
  CHECK(store->batch(log, 2)->has_value());
  CHECK(store->ordinals() == 3);
}

TEST_CASE("past the end there is nothing, even after a batch that has rotted") {
  RealWorld real;
  Answers answers(real);
  const auto backing = make_memory_backing();
  const auto log = tests::made_log(1);
  auto store = open_memory_store(real.world(), backing);
  store->append(made_batch(log, 1, 2, 10, 1), answers.next());
  answers.wait_all();
  backing->rotten[{log, 1}] = true;
  CHECK(store->batch_of(1).error().code == Errc::corrupt);
  const auto beyond = store->batch_of(2);
  REQUIRE(beyond);
  CHECK_FALSE(beyond->has_value());
}

TEST_CASE("a simulated disk can be full") {
  RealWorld real;
  Answers answers(real);
  const auto backing = make_memory_backing();
  backing->size_max = 10'000;
  const auto log = tests::made_log(1);
  auto store = open_memory_store(real.world(), backing);
  for (std::uint64_t s = 1; s <= 4; ++s) store->append(made_batch(log, s, 1, 500, s), answers.next());
  answers.wait_all();
  CHECK(std::ranges::count_if(answers.results, [](const auto& r) {
          return !r && r.error().code == Errc::full;
        }) == 2);
  CHECK(store->ordinals() == 2);
}
