#include "mesh/sync/head_table.hpp"

#include "mesh/sync/head_vector.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

Digest id(std::uint64_t n) {
  ByteWriter out;
  out.u64(n);
  return crypto::blake2b(out.bytes());
}
LogKey log_of(std::uint8_t agent) {
  LogKey out{{}, 7, {}, LogClass::case_};
  out.agent.data[0] = agent;
  return out;
}
const LogKey log_a = log_of(1), log_b = log_of(2);

HeadTable holding(std::initializer_list<std::uint64_t> sequences) {
  HeadTable out;
  for (const auto n : sequences) out.add(log_a, n, id(n));
  return out;
}

}  // namespace

TEST_CASE("a batch fits when it names the one before it, and the first names none") {
  HeadTable table;
  CHECK(table.fit(log_a, 1, id(9)) == Fit::broken);
  REQUIRE(table.fit(log_a, 1, {}) == Fit::next);
  table.add(log_a, 1, id(1));
  CHECK(table.fit(log_a, 1, {}) == Fit::held);
  CHECK(table.fit(log_a, 2, id(9)) == Fit::broken);
  CHECK(table.fit(log_a, 2, id(1)) == Fit::next);
  CHECK(table.fit(log_b, 2, id(1)) == Fit::next);
}

TEST_CASE("what comes early is kept in ranges until the gap below them is filled") {
  auto table = holding({1, 2, 6, 5, 9});
  const auto& head = *table.find(log_a);
  CHECK(head.contiguous == 2);
  CHECK(head.ranges == std::vector<SequenceRange>{{5, 6}, {9, 9}});
  CHECK(table.has(log_a, 2));
  CHECK_FALSE(table.has(log_a, 0));
  CHECK_FALSE(table.has(log_a, 3));
  CHECK(table.has(log_a, 6));
  CHECK_FALSE(table.has(log_a, 7));
  CHECK(table.fit(log_a, 5, id(4)) == Fit::held);

  table.add(log_a, 4, id(4));
  table.add(log_a, 3, id(3));
  CHECK(head.contiguous == 6);
  CHECK(head.last == id(6));
  CHECK(head.ranges == std::vector<SequenceRange>{{9, 9}});
  CHECK(table.changes() == 7);
}

TEST_CASE("two ranges become one when the batch between them comes") {
  auto table = holding({3, 5});
  table.add(log_a, 4, id(4));
  CHECK(table.find(log_a)->ranges == std::vector<SequenceRange>{{3, 5}});
  CHECK(table.fit(log_a, 6, id(5)) == Fit::next);
  CHECK(table.fit(log_a, 6, id(4)) == Fit::broken);
}

TEST_CASE("a log with as many gaps as may be takes what fills them and opens no other") {
  HeadTable table;
  std::uint64_t last = 1;
  for (std::size_t i = 0; i < head_ranges_max; ++i) {
    last += 2;
    REQUIRE(table.fit(log_a, last, id(last - 1)) == Fit::next);
    table.add(log_a, last, id(last));
  }
  CHECK(table.fit(log_a, last + 2, id(last + 1)) == Fit::too_many);
  CHECK(table.fit(log_a, last + 1, id(last)) == Fit::next);
  CHECK(table.fit(log_a, 4, id(3)) == Fit::next);
  CHECK(table.fit(log_a, 1, {}) == Fit::next);
  CHECK(table.fit(log_b, 4, id(3)) == Fit::next);
}

TEST_CASE("what another has and this table lacks is missing, gap by gap") {
  const auto ours = holding({1, 2, 5});
  auto theirs = holding({1, 2, 3, 4, 5, 6, 9});
  theirs.add(log_b, 1, id(1));
  const auto all = theirs.heads([](const LogKey&) { return true; });
  CHECK(ours.missing(all) == std::vector<PullRange>{{log_a, {3, 4}},
                                                    {log_a, {6, 6}},
                                                    {log_a, {9, 9}},
                                                    {log_b, {1, 1}}});
  CHECK(theirs.missing(ours.heads([](const LogKey&) { return true; })).empty());
}

TEST_CASE("of a log whose newest batch is another one there, that batch is asked for") {
  const auto ours = holding({1, 2});
  auto theirs = holding({1});
  theirs.add(log_a, 2, id(99));
  const auto heads = theirs.heads([](const LogKey&) { return true; });
  CHECK(ours.missing(heads) == std::vector<PullRange>{{log_a, {2, 2}}});
}

TEST_CASE("only heads that may be seen are shown, in the order of their keys") {
  HeadTable table;
  table.add(log_b, 1, id(1));
  table.add(log_a, 1, id(1));
  const auto all = table.heads([](const LogKey&) { return true; });
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == log_a);
  CHECK(all[1].key == log_b);
  const auto some = table.heads([](const LogKey& log) { return log == log_b; });
  REQUIRE(some.size() == 1);
  CHECK(some[0].key == log_b);
  CHECK(table.find(log_of(3)) == nullptr);
}

TEST_CASE("the digest tells what is held, and not in which order it came") {
  const auto digest = [](const HeadTable& table) {
    return digest_of(table.heads([](const LogKey&) { return true; }));
  };
  const auto one = digest(holding({1, 2, 3, 7}));
  CHECK(digest(holding({7, 3, 1, 2})) == one);
  CHECK(digest(holding({1, 2, 3, 8})) != one);
  CHECK(digest(holding({1, 2, 3})) != one);
  HeadTable other = holding({1, 2});
  other.add(log_a, 3, id(99));
  other.add(log_a, 7, id(7));
  CHECK(digest(other) != one);
}

TEST_CASE("a range less what is held leaves the parts between") {
  using Ranges = std::vector<SequenceRange>;
  CHECK(subtract({3, 9}, {}) == Ranges{{3, 9}});
  CHECK(subtract({3, 9}, {{1, 2}, {10, 12}}) == Ranges{{3, 9}});
  CHECK(subtract({3, 9}, {{1, 3}, {5, 6}, {9, 20}}) == Ranges{{4, 4}, {7, 8}});
  CHECK(subtract({3, 9}, {{1, 20}}).empty());
}

TEST_CASE("a raised base closes the gap below it, and never falls") {
  auto table = holding({3, 8, 9, 12});
  table.raise(log_a, 7, id(7));
  const auto* head = table.find(log_a);
  CHECK(head->base == 7);
  CHECK(head->contiguous == 9);
  CHECK(head->last == id(9));
  CHECK(head->ranges == std::vector<SequenceRange>{{12, 12}});
  CHECK(table.has(log_a, 1));
  CHECK(table.fit(log_a, 5, id(4)) == Fit::held);
  CHECK(table.fit(log_a, 10, id(9)) == Fit::next);
  table.add(log_a, 5, id(5));  // As in a replay: up to the base there is nothing to note.
  table.raise(log_a, 4, id(4));
  CHECK(table.find(log_a)->base == 7);
  CHECK(table.find(log_a)->contiguous == 9);
}

TEST_CASE("a base inside a range, or of a log that nothing is held of, is where it goes on") {
  auto table = holding({5, 6, 7, 8});
  table.raise(log_a, 6, id(6));
  CHECK(table.find(log_a)->contiguous == 8);
  CHECK(table.find(log_a)->last == id(8));
  table.raise(log_b, 3, id(3));
  CHECK(table.find(log_b)->contiguous == 3);
  CHECK(table.fit(log_b, 4, id(9)) == Fit::broken);
  CHECK(table.fit(log_b, 4, id(3)) == Fit::next);
}

TEST_CASE("what another holds begins above its base") {
  HeadTable table;
  LogHead theirs{log_a, 9, 6, id(9), {}};
  CHECK(table.missing({theirs}) == std::vector<PullRange>{{log_a, {7, 9}}});
  theirs.base = 9;
  CHECK(table.missing({theirs}).empty());
}

TEST_CASE("equal heads are equal whatever the bases are") {
  auto here = holding({1, 2, 3}), there = holding({1, 2, 3});
  here.raise(log_a, 2, id(2));
  const auto all = [](const LogKey&) { return true; };
  CHECK(digest_of(here.heads(all)) == digest_of(there.heads(all)));
}

TEST_CASE("the last batch of a log is the one before its first gap") {
  auto table = holding({1, 2, 4});
  table.add(log_b, 3, id(3));
  const auto all = [](const LogKey&) { return true; };
  const auto ends = table.last_of(all);
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].log == log_a);
  CHECK(ends[0].sequence == 2);
  CHECK(ends[0].id == id(2));
  CHECK(table.last_of([](const LogKey& log) { return log == log_b; }).empty());
}

TEST_CASE("an author opens so many ranges over all its logs, and fills gaps ever after") {
  HeadTable table;
  std::uint64_t ranges = 0;
  auto log = log_a;
  for (; table.has_range_room(log, 3); ++log.epoch)
    for (std::uint64_t i = 1; i <= head_ranges_max && table.has_range_room(log, 2 * i + 1); ++i) {
      REQUIRE(++ranges <= HeadTable::author_ranges_max);
      table.add(log, 2 * i + 1, id(2 * i + 1));
    }
  CHECK(ranges == HeadTable::author_ranges_max);
  CHECK(table.authors().at(log_a.agent).ranges == ranges);
  CHECK(table.has_range_room(log_b, 3));
  CHECK(table.has_range_room(log_a, 1));
  CHECK(table.has_range_room(log_a, 4));
  CHECK_FALSE(table.has_range_room(log_a, 200));
  CHECK(table.has_range_room(log_a, 2 * head_ranges_max + 2));
  CHECK_FALSE(table.has_range_room(log, 2));
  CHECK(table.has_range_room(log, 1));
  // Where a gap is closed there is room for another.
  table.add(log_a, 4, id(4));
  CHECK(table.has_range_room(log_a, 200));
  table.raise(log_a, 20, id(20));
  CHECK(table.authors().at(log_a.agent).ranges < ranges - 5);
}
