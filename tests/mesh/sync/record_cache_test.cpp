#include "mesh/sync/record_cache.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

struct Rig : Holders {
  Rig() : Holders({{"bleu"}, {"delos"}}) {}
  Holder& author = *holders[1];
  RecordCache cache{*author.store, author.catalogue};

  std::string text_at(std::uint64_t ordinal) {
    const auto batch = cache.batch_of(ordinal);
    if (!batch) return std::string(name_of(batch.error().code));
    if (!*batch) return "none";
    const auto& held = **batch;
    const auto record = view_record(held.records[ordinal - held.stored.first_ordinal]);
    return std::string(FieldReader::make(*record)->text(1));
  }
};

/// Counts how often the store is asked for a batch.
class Counted final : public Store {
 public:
  explicit Counted(Store& store) : store_(store) {}
  std::uint64_t append(StoredBatch batch, Durable done) override {
    return store_.append(std::move(batch), std::move(done));
  }
  void put(Bytes key, Bytes value, Durable done) override {
    store_.put(std::move(key), std::move(value), std::move(done));
  }
  void drop(const LogKey& log, std::uint64_t n, Durable done) override {
    store_.drop(log, n, std::move(done));
  }
  bool full(Room room = Room::bulk) const override { return store_.full(room); }
  Task<void> wait_for_room(Room room = Room::bulk) override {
    return store_.wait_for_room(room);
  }
  Result<void> promise(std::size_t bytes, bool vital = false) override {
    return store_.promise(bytes, vital);
  }
  bool out_of_room() override { return store_.out_of_room(); }
  Result<std::optional<StoredBatch>> batch(const LogKey& log, std::uint64_t n) override {
    return store_.batch(log, n);
  }
  Result<std::optional<StoredBatch>> batch_of(std::uint64_t ordinal) override {
    ++asked;
    return store_.batch_of(ordinal);
  }
  Result<std::vector<StoredBatch>> batches(const LogKey& log, std::uint64_t first, std::size_t max,
                                           std::size_t bytes_max) override {
    return store_.batches(log, first, max, bytes_max);
  }
  Result<void> scan(const std::function<bool(const StoredBatch&)>& each) override {
    return store_.scan(each);
  }
  Result<std::optional<Bytes>> get(ByteView key) override { return store_.get(key); }
  Result<std::vector<std::pair<Bytes, Bytes>>> facts(ByteView prefix) override {
    return store_.facts(prefix);
  }
  std::uint64_t ordinals() const override { return store_.ordinals(); }
  std::uint64_t bytes_on_disk() const override { return store_.bytes_on_disk(); }
  std::uint64_t bytes_free() const override { return store_.bytes_free(); }

  int asked = 0;

 private:
  Store& store_;
};

}  // namespace

TEST_CASE("each record comes back by its ordinal, out of open and sealed batches") {
  Rig rig;
  auto& author = rig.author;
  author.publish(author.case_log(), {author.note("zero"), author.note("one")});
  const auto [sealed, announced] = author.open_scope({false, {"bleu", "delos"}, {}});  // Number 2.
  author.publish(sealed, {author.note("three", Tlp::amber), author.note("four", Tlp::amber)});
  CHECK(rig.text_at(4) == "four");
  CHECK(rig.text_at(0) == "zero");
  CHECK(rig.text_at(3) == "three");
  CHECK(rig.text_at(1) == "one");
  CHECK(rig.text_at(5) == "none");
}

TEST_CASE("a batch that was opened of late is not read again") {
  Rig rig;
  auto& author = rig.author;
  author.publish(author.case_log(), {author.note("zero"), author.note("one")});
  author.publish(author.case_log(), {author.note("two")});
  Counted store(*author.store);
  RecordCache cache(store, author.catalogue);
  for (const std::uint64_t ordinal : {0, 1, 2, 0, 1, 2}) REQUIRE(*cache.batch_of(ordinal));
  CHECK(store.asked == 2);
}

TEST_CASE("the cache holds so many batches, and drops the one unused for longest") {
  Rig rig;
  auto& author = rig.author;
  for (std::size_t i = 0; i <= RecordCache::batches_max; ++i)
    author.publish(author.case_log(), {author.note(std::to_string(i))});
  Counted store(*author.store);
  RecordCache cache(store, author.catalogue);
  for (std::size_t i = 0; i < RecordCache::batches_max; ++i) REQUIRE(*cache.batch_of(i));
  REQUIRE(*cache.batch_of(0));  // Used again: 1 is the oldest now.
  REQUIRE(*cache.batch_of(RecordCache::batches_max));
  const auto asked = store.asked;
  REQUIRE(*cache.batch_of(0));
  CHECK(store.asked == asked);
  REQUIRE(*cache.batch_of(1));
  CHECK(store.asked == asked + 1);
}

TEST_CASE("the cache holds so many bytes") {
  Rig rig;
  auto& author = rig.author;
  const std::string large(250 * 1024, 'x');
  const auto count = RecordCache::bytes_max / large.size() + 1;
  REQUIRE(count < RecordCache::batches_max);
  for (std::size_t i = 0; i < count; ++i)
    author.publish(author.case_log(), {author.note(large + std::to_string(i))});
  Counted store(*author.store);
  RecordCache cache(store, author.catalogue);
  for (std::size_t i = 0; i < count; ++i) REQUIRE(*cache.batch_of(i));
  REQUIRE(*cache.batch_of(0));
  CHECK(std::size_t(store.asked) == count + 1);
}

TEST_CASE("a stored batch that does not open is corrupt") {
  Rig rig;
  auto& author = rig.author;
  const auto [log, announced] = author.open_scope({false, {"bleu", "delos"}, {}});
  auto bytes = author.sign(log, {author.note("hush", Tlp::amber)}).encoded;
  bytes.back() ^= 1;
  const auto ordinal = author.store->ordinals();
  author.store->append({log, 1, 0, 1, std::make_shared<const Bytes>(bytes)}, [](Result<void>) {});
  CHECK(rig.text_at(ordinal) == "corrupt");

  auto lost = log;
  lost.scope = ScopeId{{9}};
  author.store->append({lost, 1, 0, 1, std::make_shared<const Bytes>(bytes)},
                       [](Result<void>) {});
  CHECK(rig.text_at(ordinal + 1) == "corrupt");
  author.store->append({author.case_log(), 1, 0, 1, std::make_shared<const Bytes>(Bytes(40, 1))},
                       [](Result<void>) {});
  CHECK(rig.text_at(ordinal + 2) == "corrupt");
}
