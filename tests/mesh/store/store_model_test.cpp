// Random histories on the LMDB store and the memory store side by side, against a plain model, with
// crashes and with batches that rot on both.
#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <set>

#include "mesh/store/memory_medium.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Answers;

namespace {

using Name = std::pair<LogKey, std::uint64_t>;

struct Model {
  std::map<Name, StoredBatch> batches;
  std::vector<Name> order;
  std::map<Bytes, Bytes> facts;
  std::set<Name> rotten;
  std::uint64_t ordinals = 0;

  void append(StoredBatch batch) {
    const Name name{batch.log, batch.sequence};
    if (const auto old = batches.find(name); old != batches.end()) {
      if (rotten.erase(name) > 0) old->second.encoded = batch.encoded;
      if (old->second.readable > 0 || batch.readable == 0) return;
      std::erase(order, name);
    }
    batch.first_ordinal = ordinals;
    ordinals += batch.readable;
    batches[name] = batch;
    order.push_back(name);
  }
  bool drop(const Name& name) {
    const auto at = batches.find(name);
    if (at == batches.end() || rotten.contains(name) || at->second.readable == 0) return false;
    const auto prefix = ByteView(*at->second.encoded).first(batch_prefix_bytes);
    at->second.encoded = std::make_shared<const Bytes>(prefix.begin(), prefix.end());
    return true;
  }
};

// Changes one bit wherever the end of `batch` stands in the file, free pages included.
void rot_file(const Path& file, const StoredBatch& batch) {
  std::fstream data(file, std::ios::in | std::ios::out | std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(data)), {});
  const std::string needle(text_of(ByteView(*batch.encoded).last(64)));
  data.clear();
  std::size_t found = 0;
  for (auto at = all.find(needle); at != std::string::npos; at = all.find(needle, at + 1), ++found) {
    data.seekp(std::streamoff(at));
    data.put(char(all[at] ^ 1));
  }
  REQUIRE(found > 0);
}

struct Both {
  RealWorld real;
  tests::ScratchFolder folder;
  std::shared_ptr<MemoryBacking> backing = make_memory_backing();
  Answers answers{real};
  std::unique_ptr<Store> lmdb, memory;
  Model model;
  // What was handed in since the last time that all was answered.
  std::vector<std::function<void(Store&)>> unanswered;
  bool rot_on_disk = false;  // as of then

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
    rot_on_disk = !model.rotten.empty();
  }
  // The disk keeps what was written unanswered; memory loses it. Both are then handed it again.
  void crash() {
    lmdb.reset();
    memory.reset();
    answers.start_over();
    open();
    for (const auto& what : unanswered) what(*lmdb), what(*memory);
  }
  // With everything answered: opened again, after one batch has rotted on both disks if `rot` is
  // its number.
  void reopen(std::optional<std::size_t> rot = std::nullopt) {
    settle();
    lmdb.reset();
    memory.reset();
    if (rot && !model.batches.empty()) {
      const auto at = std::next(model.batches.begin(), std::ptrdiff_t(*rot % model.batches.size()));
      if (model.rotten.insert(at->first).second)
        rot_file(folder.path() / "store" / "data.mdb", at->second);
      backing->rotten[at->first] = rot_on_disk = true;
    }
    answers.start_over();
    open();
  }
  bool settled() const { return unanswered.empty() || !rot_on_disk; }
  bool rots(const Name& name) const { return model.rotten.contains(name); }
  void each(const std::function<void(Store&)>& check) { check(*lmdb), check(*memory); }
};

void check_all(Both& both) {
  both.each([&](Store& store) {
    CHECK(store.ordinals() == both.model.ordinals);
    std::vector<Name> order, expected;
    const auto scanned = store.scan([&](const StoredBatch& batch) {
      order.emplace_back(batch.log, batch.sequence);
      CHECK(tests::same(batch, both.model.batches.at(order.back())));
      return true;
    });
    for (const auto& name : both.model.order)
      if (!both.rots(name)) expected.push_back(name);
    // One that is being mended or dropped comes last.
    if (!both.unanswered.empty()) std::sort(order.begin(), order.end());
    if (!both.unanswered.empty()) std::sort(expected.begin(), expected.end());
    CHECK(order == expected);
    if (both.settled()) CHECK(scanned.has_value() == both.model.rotten.empty());
    if (!scanned) CHECK(scanned.error().code == Errc::corrupt);
    std::vector<std::pair<Bytes, Bytes>> facts(both.model.facts.begin(), both.model.facts.end());
    CHECK(*store.facts({}) == facts);
  });
}

void check_one(Both& both, Store& store, const Name& name) {
  const auto found = store.batch(name.first, name.second);
  if (both.rots(name)) {
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::corrupt);
    return;
  }
  REQUIRE(found);
  const auto expected = both.model.batches.find(name);
  CHECK(found->has_value() == (expected != both.model.batches.end()));
  if (*found) CHECK(tests::same(**found, expected->second));
}

// A run ends before what has rotted. While something is on its way to the disk it may end sooner.
void check_run(Both& both, Store& store, const Name& first) {
  const auto& [log, sequence] = first;
  const auto run = store.batches(log, sequence, 3, 40'000);
  std::size_t bytes = 0, count = 0;
  auto at = both.model.batches.lower_bound(first);
  for (; at != both.model.batches.end() && at->first.first == log && count < 3 && bytes < 40'000;
       ++at, ++count) {
    if (both.rots(at->first)) break;
    bytes += at->second.encoded->size();
    if (!run || count >= run->size()) continue;
    CHECK(tests::same((*run)[count], at->second));
  }
  const bool bad_first = count == 0 && at != both.model.batches.end() &&
                         at->first.first == log && both.rots(at->first);
  if (!run) CHECK(run.error().code == Errc::corrupt);
  if (both.settled()) CHECK(run.has_value() != bad_first);
  if (both.settled() && run) CHECK(run->size() == count);
  if (run) CHECK(run->size() <= count);
}

void check_ordinal(Both& both, Store& store, std::uint64_t ordinal) {
  const auto holds = [&](const auto& entry) {
    return entry.second.readable > 0 && entry.second.first_ordinal <= ordinal &&
           ordinal < entry.second.first_ordinal + entry.second.readable;
  };
  const auto& batches = both.model.batches;
  const auto expected = std::find_if(batches.begin(), batches.end(), holds);
  const auto holder = store.batch_of(ordinal);
  if (expected != batches.end() && both.rots(expected->first)) {
    REQUIRE_FALSE(holder);
    CHECK(holder.error().code == Errc::corrupt);
    return;
  }
  REQUIRE(holder);
  CHECK(holder->has_value() == (expected != batches.end()));
  if (*holder) CHECK(tests::same(**holder, expected->second));
}

void check_facts(Both& both, Store& store, const Bytes& key) {
  const auto value = store.get(key);
  REQUIRE(value);
  const auto expected = both.model.facts.find(key);
  CHECK(value->has_value() == (expected != both.model.facts.end()));
  if (*value) CHECK(**value == expected->second);
  std::vector<std::pair<Bytes, Bytes>> under;
  for (const auto& fact : both.model.facts)
    if (fact.first[0] == key[0]) under.push_back(fact);
  CHECK(*store.facts(Bytes{key[0]}) == under);
}

void check_some(Both& both, const LogKey& log, std::uint64_t number) {
  both.each([&](Store& store) {
    check_one(both, store, {log, 1 + number % 20});
    check_run(both, store, {log, 1 + number % 20});
    check_ordinal(both, store, number % (both.model.ordinals + 2));
    check_facts(both, store, {std::uint8_t(number & 3), std::uint8_t(number >> 2 & 7)});
  });
}

void run_history(std::uint64_t seed, int steps) {
  Both both;
  tests::SeededEntropy entropy(seed);
  const LogKey logs[] = {tests::made_log(1), tests::made_log(2, LogClass::urgent),
                         tests::made_log(2, LogClass::indicator)};
  for (int step = 0; step < steps; ++step) {
    const auto number = entropy.number();
    const auto& log = logs[number % 3];
    switch ((number >> 8) % 9) {
      case 8: {  // Only what is there and whole can be dropped.
        const Name name{log, 1 + (number >> 16) % 20};
        if (!both.model.drop(name)) break;
        both.hand_in([&both, name](Store& s) {
          s.drop(name.first, name.second, both.answers.next());
        });
        break;
      }
      case 0: case 1: case 2: case 3: {
        const auto sequence = 1 + (number >> 16) % 20;
        const auto readable = std::uint16_t((number >> 24) % 4 == 0 ? 0 : 3);
        const auto size = sequence % 5 == 0 ? 60'000u : 300u;
        // No two batches have the same bytes: rot must find the right one.
        const auto made_from = log.epoch ^ sequence ^ std::uint64_t(log.log_class) << 32;
        auto batch = tests::made_batch(log, sequence, 3, size, made_from);
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
      case 7:
        switch ((number >> 16) % 4) {
          case 0: both.crash(); break;
          case 1: both.reopen(); break;
          case 2: both.reopen(number >> 24 & 0xff); break;
          case 3: both.settle(); break;
        }
        break;
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

TEST_CASE("LMDB and memory agree with a plain model on random histories with crashes and rot") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    run_history(seed, seed % 20 == 0 ? 120 : 24);
  }
}
