#include "mesh/store/windowed_store.hpp"

#include "mesh/store/memory_medium.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Answers;
using tests::made_batch;

namespace {

struct Rig {
  RealWorld real;
  std::shared_ptr<MemoryBacking> backing = make_memory_backing();
  std::unique_ptr<Store> store = open_memory_store(real.world(), backing);
  Answers answers{real};
  LogKey log = tests::made_log(1);
};

Task<bool> room(Store& store) {
  co_await store.wait_for_room();
  co_return store.full();
}

}  // namespace

TEST_CASE("a batch that is there already is answered in turn, and not written again") {
  Rig rig;
  const auto batch = made_batch(rig.log, 1, 3, 100, 1);
  for (int i = 0; i < 3; ++i) rig.store->append(batch, rig.answers.next());
  CHECK(rig.store->ordinals() == 3);
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  CHECK(rig.answers.order == std::vector<std::size_t>{0, 1, 2});
  rig.store->append(batch, rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  CHECK(rig.backing->order.size() == 1);
}

TEST_CASE("another batch for the same log and sequence is a fork") {
  Rig rig;
  rig.store->append(made_batch(rig.log, 1, 3, 100, 1), rig.answers.next());
  rig.store->append(made_batch(rig.log, 1, 3, 100, 2), rig.answers.next());
  rig.answers.wait_all();
  CHECK(std::ranges::count_if(rig.answers.results, [](const auto& r) {
          return !r && r.error().code == Errc::fork;
        }) == 1);
  CHECK(*(*rig.store->batch(rig.log, 1))->encoded == *made_batch(rig.log, 1, 3, 100, 1).encoded);
}

TEST_CASE("a batch that was only carried gets ordinals once it can be read") {
  Rig rig;
  auto carried = made_batch(rig.log, 1, 3, 100, 1);
  carried.readable = 0;
  rig.store->append(carried, rig.answers.next());
  rig.store->append(made_batch(rig.log, 2, 2, 100, 2), rig.answers.next());
  CHECK(rig.store->ordinals() == 2);
  carried.readable = 3;
  rig.store->append(carried, rig.answers.next());
  CHECK(rig.store->ordinals() == 5);
  for (int pass = 0; pass < 2; ++pass) {
    CHECK(rig.store->batch_of(0)->value().sequence == 2);
    CHECK(rig.store->batch_of(4)->value().sequence == 1);
    std::vector<std::uint64_t> seen;
    REQUIRE(rig.store->scan([&](const StoredBatch& b) {
      seen.push_back(b.sequence);
      return true;
    }));
    CHECK(seen == std::vector<std::uint64_t>{2, 1});
    rig.answers.wait_all();
  }
}

TEST_CASE("a failed commit is final: everything after it is refused, and the reason said") {
  Rig rig;
  rig.backing->fail_commits = true;
  rig.store->append(made_batch(rig.log, 1, 1, 100, 1), rig.answers.next());
  rig.store->put({1}, {1}, rig.answers.next());
  rig.answers.wait_all();
  rig.backing->fail_commits = false;
  rig.store->append(made_batch(rig.log, 2, 1, 100, 2), rig.answers.next());
  rig.store->put({2}, {1}, rig.answers.next());
  rig.answers.wait_all();
  for (const auto& result : rig.answers.results) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == Errc::io);
    CHECK(result.error().message.find("simulated disk failed") != std::string::npos);
  }
  CHECK(rig.backing->batches.empty());
  CHECK(rig.backing->facts.empty());
}

TEST_CASE("a full window says so, and room is announced to all who wait") {
  Rig rig;
  std::uint64_t sequence = 0;
  while (!rig.store->full()) {
    ++sequence;
    rig.store->append(made_batch(rig.log, sequence, 1, 400'000, sequence), rig.answers.next());
  }
  CHECK(sequence > 30);
  CHECK_FALSE(rig.real.complete(room(*rig.store)));
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  CHECK_FALSE(rig.real.complete(room(*rig.store)));
}

TEST_CASE("facts are bounded, and an oversized one harms nobody") {
  Rig rig;
  rig.store->put({}, {1}, rig.answers.next());
  rig.store->put(Bytes(401), {1}, rig.answers.next());
  rig.store->put({1}, Bytes(WindowedStore::value_bytes_max + 1), rig.answers.next());
  rig.answers.wait_all();
  for (const auto& result : rig.answers.results) CHECK(result.error().code == Errc::too_large);
  rig.store->put(Bytes(400), Bytes(WindowedStore::value_bytes_max), rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.results.back());
}

TEST_CASE("facts of a prefix come in key order, pending and committed as one") {
  Rig rig;
  rig.store->put({1, 2}, {1}, rig.answers.next());
  rig.store->put({1, 4}, {2}, rig.answers.next());
  rig.store->put({2}, {3}, rig.answers.next());
  rig.answers.wait_all();
  rig.store->put({1, 3}, {4}, rig.answers.next());
  rig.store->put({1, 4}, {}, rig.answers.next());
  const std::vector<std::pair<Bytes, Bytes>> expected{{{1, 2}, {1}}, {{1, 3}, {4}}};
  CHECK(*rig.store->facts(Bytes{1}) == expected);
  rig.answers.wait_all();
  CHECK(*rig.store->facts(Bytes{1}) == expected);
}

TEST_CASE("a dropped batch keeps its place, its ordinals and its header, at once and for good") {
  Rig rig;
  rig.store->append(made_batch(rig.log, 1, 3, 1000, 1), rig.answers.next());
  rig.store->append(made_batch(rig.log, 2, 2, 1000, 2), rig.answers.next());
  rig.store->drop(rig.log, 1, rig.answers.next());
  for (int pass = 0; pass < 2; ++pass) {
    const auto stub = rig.store->batch_of(2)->value();
    CHECK(stub.dropped());
    CHECK(stub.readable == 3);
    CHECK(stub.first_ordinal == 0);
    CHECK(ByteView(*made_batch(rig.log, 1, 3, 1000, 1).encoded).first(batch_prefix_bytes).size() ==
          stub.encoded->size());
    CHECK_FALSE(rig.store->batch_of(3)->value().dropped());
    CHECK(rig.store->ordinals() == 5);
    CHECK(rig.store->batches(rig.log, 1, 8, 1 << 20)->size() == 2);
    rig.answers.wait_all();
  }
  const auto bytes = rig.backing->bytes;
  rig.store->append(made_batch(rig.log, 1, 3, 1000, 1), rig.answers.next());
  rig.store->drop(rig.log, 1, rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  CHECK(rig.store->batch(rig.log, 1)->value().dropped());
  CHECK(rig.backing->bytes == bytes);
}

TEST_CASE("what is not there, only carried or rotten is not dropped, and a full store drops") {
  Rig rig;
  auto carried = made_batch(rig.log, 2, 1, 1000, 2);
  carried.readable = 0;
  rig.store->append(made_batch(rig.log, 1, 1, 1000, 1), rig.answers.next());
  rig.store->append(carried, rig.answers.next());
  rig.store->append(made_batch(rig.log, 3, 1, 1000, 3), rig.answers.next());
  rig.answers.wait_all();
  rig.backing->rotten[{rig.log, 3}] = true;
  for (std::uint64_t sequence = 2; sequence <= 4; ++sequence)
    rig.store->drop(rig.log, sequence, rig.answers.next());
  rig.answers.wait_all();
  std::vector<Errc> codes;
  for (const auto& result : rig.answers.results)
    if (!result) codes.push_back(result.error().code);
  CHECK(codes == std::vector{Errc::refused, Errc::corrupt, Errc::not_found});
  rig.backing->size_max = 0;
  rig.store->drop(rig.log, 1, rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.results.back());
  CHECK(rig.store->batch(rig.log, 1)->value().dropped());
}

TEST_CASE("what a store promised room for it takes, whatever facts come between; then it is full") {
  Rig rig;
  rig.backing->size_max = 25'000;
  rig.store->append(made_batch(rig.log, 1, 1, 5000, 1), rig.answers.next());
  rig.answers.wait_all();
  CHECK_FALSE(rig.store->out_of_room());
  CHECK(rig.store->promise(20'000).error().code == Errc::full);
  CHECK(rig.store->out_of_room());
  const auto second = made_batch(rig.log, 2, 1, 5000, 2);
  REQUIRE(rig.store->promise(second.encoded->size()));
  rig.store->put(Bytes{1}, Bytes(8000), rig.answers.next());
  rig.store->append(second, rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  const auto third = made_batch(rig.log, 3, 1, 5000, 3);
  CHECK(rig.store->promise(third.encoded->size()).error().code == Errc::full);
  CHECK(rig.store->out_of_room());

  // Facts still find room, and so does what is vital.
  rig.store->put(Bytes{2}, Bytes(6000), rig.answers.next());
  REQUIRE(rig.store->promise(third.encoded->size(), true));
  rig.store->append(third, rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  CHECK(rig.store->promise(WindowedStore::vital_reserve, true).error().code == Errc::full);
}
