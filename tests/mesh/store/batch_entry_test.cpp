#include "mesh/store/batch_entry.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
const auto log_key = tests::made_log(1);
PlacedBatch placed() {
  return {tests::made_batch(log_key, 3, 7, 100, 5), {1234, 56}};
}
}  // namespace

TEST_CASE("a batch's entry reads back with its place") {
  const auto one = placed();
  Bytes value(batch_front_bytes + one.batch.encoded->size());
  write_batch_value(one, value);
  const auto read = read_batch_value(log_key, 3, value);
  REQUIRE(read);
  CHECK(read->place == one.place);
  CHECK(read->batch.readable == 7);
  CHECK(read->batch.first_ordinal == 1234);
  CHECK(*read->batch.encoded == *one.batch.encoded);
}

TEST_CASE("an entry with any byte changed, cut, or in another's place is corrupt and named") {
  const auto one = placed();
  Bytes value(batch_front_bytes + one.batch.encoded->size());
  write_batch_value(one, value);
  for (std::size_t at = 0; at < value.size(); ++at) {
    auto rotten = value;
    rotten[at] ^= 4;
    const auto read = read_batch_value(log_key, 3, rotten);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::corrupt);
  }
  CHECK_FALSE(read_batch_value(log_key, 3, ByteView(value).first(value.size() - 1)));
  CHECK_FALSE(read_batch_value(log_key, 3, ByteView(value).first(10)));
  const auto misplaced = read_batch_value(log_key, 4, value);
  REQUIRE_FALSE(misplaced);
  CHECK(misplaced.error().message.find("batch 4 of " + short_name(log_key)) != std::string::npos);
}

TEST_CASE("keys sort by log and sequence, places by arrival") {
  CHECK(batch_key(log_key, 255) < batch_key(log_key, 256));
  CHECK(place_key({1, 9}) < place_key({2, 0}));
  CHECK(place_key({1, 255}) < place_key({1, 256}));
  const auto name = read_batch_key(batch_key(log_key, 77));
  REQUIRE(name);
  CHECK(*name == std::pair{log_key, std::uint64_t(77)});
  const auto entry = read_order_entry(place_key({5, 6}), order_value(placed()));
  REQUIRE(entry);
  CHECK(entry->place == Place{5, 6});
  CHECK(entry->batch.sequence == 3);
  CHECK(entry->batch.readable == 7);
  CHECK(read_order_entry(place_key({5, 6}), Bytes(3)).error().code == Errc::corrupt);
  CHECK(read_place_key(Bytes(15)).error().code == Errc::corrupt);
  CHECK(read_batch_key(Bytes(48)).error().code == Errc::corrupt);
}
