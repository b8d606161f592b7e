#include "mesh/sync/expiry_count.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
WallTime at_second(std::int64_t second) { return WallTime{second * 1000}; }
}  // namespace

TEST_CASE("what has expired leaves the count at its second, once") {
  ExpiryCount count;
  for (const std::uint32_t second : {100, 100, 200}) count.add(second);
  CHECK(count.active(at_second(99)) == 3);
  CHECK(count.active(at_second(100)) == 1);
  count.remove(100);
  CHECK(count.active(at_second(100)) == 1);
  count.remove(200);
  CHECK(count.active(at_second(100)) == 0);
  CHECK(count.buckets() == 0);
}

TEST_CASE("a million different expiries take bounded room, and are counted late, never early") {
  ExpiryCount count;
  constexpr std::uint32_t many = 1'000'000, first = 10'000'000;
  for (std::uint32_t i = 0; i < many; ++i) count.add(first + i);
  CHECK(count.buckets() <= ExpiryCount::buckets_max);
  CHECK(count.grain_s() == 16);
  for (std::uint32_t i = 0; i < many; i += 99'999) {
    const auto left = count.active(at_second(first + i));
    const auto right = std::uint64_t(many - i - 1);
    CHECK(left >= right);
    CHECK(left <= right + count.grain_s());
  }
  CHECK(count.active(at_second(first + many + count.grain_s())) == 0);
}

TEST_CASE("what was added before the count grew coarser can still be taken back") {
  ExpiryCount count;
  count.add(1);
  for (std::uint32_t i = 0; i < ExpiryCount::buckets_max; ++i) count.add(1000 + i);
  CHECK(count.grain_s() == 2);
  for (std::uint32_t i = 0; i < ExpiryCount::buckets_max; ++i) count.remove(1000 + i);
  CHECK(count.active(at_second(0)) == 1);
  count.remove(1);
  CHECK(count.active(at_second(0)) == 0);
}
