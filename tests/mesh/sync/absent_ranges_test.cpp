#include "mesh/sync/absent_ranges.hpp"

#include <set>

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::made_log;

TEST_CASE("what is absent is left out, and what lies around it is not") {
  AbsentRanges absent;
  const auto log = made_log(1), other = made_log(2);
  CHECK(absent.empty());
  absent.add({log, {3, 5}});
  absent.add({log, {9, 9}});
  const std::vector<PullRange> wanted{{log, {1, 10}}, {other, {3, 5}}};
  CHECK(absent.left_of(wanted) ==
        std::vector<PullRange>{{log, {1, 2}}, {log, {6, 8}}, {log, {10, 10}}, {other, {3, 5}}});
  absent.clear();
  CHECK(absent.left_of(wanted) == wanted);
}

TEST_CASE("ranges that touch become one, as a set of numbers would") {
  tests::SeededEntropy entropy(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<SequenceRange> ranges;
    std::set<std::uint64_t> model;
    for (int i = 0; i < 12; ++i) {
      const auto first = 1 + entropy.number() % 40, last = first + entropy.number() % 5;
      merge(ranges, {first, last});
      for (auto s = first; s <= last; ++s) model.insert(s);
      std::set<std::uint64_t> held;
      for (std::size_t n = 0; n < ranges.size(); ++n) {
        if (n > 0) REQUIRE(ranges[n - 1].last + 1 < ranges[n].first);
        for (auto s = ranges[n].first; s <= ranges[n].last; ++s) held.insert(s);
      }
      REQUIRE(held == model);
    }
  }
}

TEST_CASE("a peer cannot fill the memory with ranges, nor with ones that do not exist") {
  AbsentRanges absent;
  absent.add({made_log(1), {0, 5}});
  absent.add({made_log(1), {5, ~std::uint64_t(0)}});
  CHECK(absent.empty());
  for (std::uint64_t n = 1; n <= AbsentRanges::ranges_max + 10; ++n)
    absent.add({made_log(1), {2 * n, 2 * n}});
  const auto last = 2 * (AbsentRanges::ranges_max + 10);
  CHECK(absent.left_of({{made_log(1), {last, last}}}).size() == 1);
  CHECK(absent.left_of({{made_log(1), {2, 2}}}).empty());
}
