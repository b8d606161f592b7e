#include "mesh/store/window.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

const auto log_key = tests::made_log(1);

Window::Item batch_item(std::uint64_t sequence, Place place, std::size_t cost) {
  auto batch = tests::made_batch(log_key, sequence, 2, 10, sequence);
  batch.first_ordinal = place.first_ordinal;
  return {BatchWrite{{std::move(batch), place}, {}}, cost, {}};
}
Window::Item fact_item(Bytes key, Bytes value) {
  return {FactWrite{std::move(key), std::make_shared<const Bytes>(std::move(value))}, 1, {}};
}

}  // namespace

TEST_CASE("groups hold at most four MiB, or one item, in the order handed in") {
  Window window;
  const auto half = Window::group_bytes_max / 2;
  window.add(batch_item(1, {0, 0}, half));
  window.add(batch_item(2, {2, 1}, half));
  window.add(batch_item(3, {4, 2}, 3 * half));
  window.add(batch_item(4, {6, 3}, 1));
  CHECK(window.bytes() == 5 * half + 1);
  CHECK(window.take().size() == 2);
  CHECK(window.take().size() == 1);
  CHECK(window.take().size() == 1);
  CHECK(window.take().empty());
  CHECK(window.groups_under_way() == 3);
  CHECK(window.settle().size() == 2);
  CHECK(window.find(log_key, 1) == nullptr);
  CHECK(window.find(log_key, 3) != nullptr);
  CHECK(window.bytes() == 3 * half + 1);
}

TEST_CASE("what is pending is found by name, ordinal and order until it is settled") {
  Window window;
  window.add(batch_item(5, {10, 0}, 1));
  window.add(batch_item(3, {12, 1}, 1));
  CHECK(window.next(log_key, 1)->batch.sequence == 3);
  CHECK(window.next(log_key, 4)->batch.sequence == 5);
  CHECK(window.next(log_key, 6) == nullptr);
  CHECK(window.holding(11)->batch.sequence == 5);
  CHECK(window.holding(12)->batch.sequence == 3);
  CHECK(window.holding(9) == nullptr);
  CHECK(window.holding(14) == nullptr);
  CHECK(window.batches().front().batch.sequence == 5);
  window.take();
  CHECK(window.holding(11) != nullptr);
  window.settle();
  CHECK(window.holding(11) == nullptr);
  CHECK(window.batches().empty());
}

TEST_CASE("a fact written again stays pending when the older write is settled") {
  Window window;
  window.add(fact_item({1}, {1}));
  window.take();
  window.add(fact_item({1}, {2}));
  window.settle();
  REQUIRE(window.fact(Bytes{1}) != nullptr);
  CHECK(*window.fact(Bytes{1}) == Bytes{2});
  window.add(fact_item({1}, {}));
  CHECK(window.fact(Bytes{1})->empty());
  CHECK(window.fact(Bytes{2}) == nullptr);
}

TEST_CASE("everything abandoned comes back oldest first") {
  Window window;
  window.add(batch_item(1, {0, 0}, 1));
  window.take();
  window.add(batch_item(2, {2, 1}, 1));
  const auto all = window.abandon();
  REQUIRE(all.size() == 2);
  CHECK(std::get<BatchWrite>(*all[0].write).placed.batch.sequence == 1);
  CHECK(window.bytes() == 0);
  CHECK_FALSE(window.waiting());
}
