// Random histories on the LMDB store and the memory store side by side, against a plain model.
#include <functional>

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Answers;

namespace {

struct Model {
  std::map<std::pair<LogKey, std::uint64_t>, StoredBatch> batches;
  std::vector<std::pair<LogKey, std::uint64_t>> order;
  std::map<Bytes, Bytes> facts;
  std::uint64_t ordinals = 0;

  void append(StoredBatch batch) {
    const std::pair name{batch.log, batch.sequence};
    if (const auto old = batches.find(name); old != batches.end()) {
      if (old->second.readable > 0 || batch.readable == 0) return;
      std::erase(order, name);
    }
    batch.first_ordinal = ordinals;
    ordinals += batch.readable;
    batches[name] = batch;
    order.push_back(name);
  }
};

struct Both {
  RealWorld real;
  tests::ScratchFolder folder;
  std::shared_ptr<MemoryBacking> backing = make_memory_backing();
  Answers answers{real};
  std::unique_ptr<Store> lmdb, memory;
  Model model;
  // What was handed in since the last time that all was answered.
  std::vector<std::function<void(Store&)>> unanswered;

  Both() { open(); }
  void open() {
    auto opened = open_lmdb_store(real.world(), {folder.path() / "store", 1ull << 30});
    REQUIRE(opened);
    lmdb = std::move(*opened);
    memory = open_memory_store(real.world(), backing);
  }
  void hand_in(std::function<void(Store&)> what) {
    what(*lmdb);
    what(*memory);
    unanswered.push_back(std::move(what));
  }
  void settle() {
    answers.wait_all();
    CHECK(answers.all_good());
    unanswered.clear();
  }
  // The disk keeps what was written unanswered; memory loses it. Both are then handed it again.
  void crash() {
    lmdb.reset();
    memory.reset();
    answers.start_over();
    open();
    for (const auto& what : unanswered) what(*lmdb), what(*memory);
  }
  void each(const std::function<void(Store&)>& check) { check(*lmdb), check(*memory); }
};

void check_all(Both& both) {
  both.each([&](Store& store) {
    CHECK(store.ordinals() == both.model.ordinals);
    std::vector<std::pair<LogKey, std::uint64_t>> order;
    REQUIRE(store.scan([&](const StoredBatch& batch) {
      order.emplace_back(batch.log, batch.sequence);
      CHECK(tests::same(batch, both.model.batches.at(order.back())));
      return true;
    }));
    CHECK(order == both.model.order);
    std::vector<std::pair<Bytes, Bytes>> facts(both.model.facts.begin(), both.model.facts.end());
    CHECK(*store.facts({}) == facts);
  });
}

void check_some(Both& both, const LogKey& log, std::uint64_t number) {
  both.each([&](Store& store) {
    const auto sequence = 1 + number % 20;
    const auto found = store.batch(log, sequence);
    REQUIRE(found);
    const auto expected = both.model.batches.find({log, sequence});
    CHECK(found->has_value() == (expected != both.model.batches.end()));
    if (*found) CHECK(tests::same(**found, expected->second));

    const auto run = store.batches(log, sequence, 3, 40'000);
    REQUIRE(run);
    std::size_t bytes = 0, count = 0;
    for (auto at = both.model.batches.lower_bound({log, sequence});
         at != both.model.batches.end() && at->first.first == log && count < 3 && bytes < 40'000;
         ++at, ++count) {
      REQUIRE(count < run->size());
      CHECK(tests::same((*run)[count], at->second));
      bytes += at->second.encoded->size();
    }
    CHECK(run->size() == count);

    const auto ordinal = number % (both.model.ordinals + 2);
    const auto holder = store.batch_of(ordinal);
    REQUIRE(holder);
    CHECK(holder->has_value() == (ordinal < both.model.ordinals));
    if (*holder) {
      CHECK((*holder)->first_ordinal <= ordinal);
      CHECK(ordinal < (*holder)->first_ordinal + (*holder)->readable);
    }
  });
}

void run_history(std::uint64_t seed) {
  Both both;
  tests::SeededEntropy entropy(seed);
  const LogKey logs[] = {tests::made_log(1), tests::made_log(2, LogClass::urgent),
                         tests::made_log(2, LogClass::indicator)};
  for (int step = 0; step < 120; ++step) {
    const auto number = entropy.number();
    const auto& log = logs[number % 3];
    switch ((number >> 8) % 8) {
      case 0: case 1: case 2: case 3: {
        const auto sequence = 1 + (number >> 16) % 20;
        const auto readable = std::uint16_t((number >> 24) % 4 == 0 ? 0 : 3);
        const auto size = sequence % 5 == 0 ? 60'000u : 300u;
        auto batch = tests::made_batch(log, sequence, 3, size, log.epoch ^ sequence);
        batch.readable = readable;
        both.model.append(batch);
        both.hand_in([&both, batch](Store& s) { s.append(batch, both.answers.next()); });
        break;
      }
      case 4: case 5: {
        const Bytes key{std::uint8_t(number >> 16 & 3), std::uint8_t(number >> 24 & 7)};
        const Bytes value((number >> 32) % 5, std::uint8_t(step));
        if (value.empty()) both.model.facts.erase(key);
        else both.model.facts[key] = value;
        both.hand_in([&both, key, value](Store& s) { s.put(key, value, both.answers.next()); });
        break;
      }
      case 6: both.settle(); break;
      case 7: (number >> 16) % 3 == 0 ? both.crash() : both.settle(); break;
    }
    check_some(both, log, number >> 40);
    if (step % 40 == 39) check_all(both);
  }
  both.settle();
  check_all(both);
  both.crash();
  check_all(both);
}

}  // namespace

TEST_CASE("LMDB and memory agree with a plain model on random histories with crashes") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    run_history(seed);
  }
}
