#include "mesh/sync/inbox.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

AgentId agent(std::uint32_t number) {
  AgentId out;
  std::memcpy(out.data.data(), &number, sizeof number);
  return out;
}

Inbox::Item item(std::uint32_t author, std::uint64_t sequence, std::size_t size = 300,
                 LogClass log_class = LogClass::urgent, std::uint32_t from = 0) {
  Batch batch;
  batch.header.log.agent = agent(author);
  batch.header.log.log_class = log_class;
  batch.header.sequence = sequence;
  batch.header.record_count = 1;
  batch.encoded.resize(size);
  return {std::move(batch), agent(from != 0 ? from : author), true};
}

Inbox::Way offer(Inbox& inbox, Inbox::Item one, Instant now) { return inbox.offer(one, now); }

constexpr Instant start{1h};

}  // namespace

TEST_CASE("who keeps to the rate is taken in at once, however much another one pushes") {
  Inbox inbox;
  std::size_t at_once = 0, refused = 0;
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    const auto way = offer(inbox, item(1, i), start);
    at_once += way == Inbox::Way::now;
    refused += way == Inbox::Way::refused;
    if (i % 1'000 == 0) CHECK(offer(inbox, item(2, i), start) == Inbox::Way::now);
  }
  CHECK(at_once == std::size_t(Inbox::records.burst));
  CHECK(refused > 0);
  CHECK(inbox.waiting_bytes() <= Inbox::share_bytes_max);
}

TEST_CASE("those who wait are taken by turns, each one's in order, and urgent ones first") {
  Inbox inbox;
  for (const std::uint32_t author : {1u, 2u}) {
    for (std::uint64_t i = 0; i < std::uint64_t(Inbox::records.burst); ++i)
      REQUIRE(offer(inbox, item(author, 1), start) == Inbox::Way::now);
  }
  for (std::uint64_t i = 1; i <= 100; ++i)
    REQUIRE(offer(inbox, item(1, i, 300, LogClass::indicator), start) == Inbox::Way::waits);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    REQUIRE(offer(inbox, item(2, i, 300, LogClass::indicator), start) == Inbox::Way::waits);
    REQUIRE(offer(inbox, item(2, i, 300, LogClass::urgent), start) == Inbox::Way::waits);
  }
  std::vector<std::pair<AgentId, std::uint64_t>> first;
  for (int i = 0; i < 9; ++i) {
    const auto next = inbox.next();
    REQUIRE(next);
    first.emplace_back(next->from, next->batch.header.sequence);
  }
  const auto one = agent(1), two = agent(2);
  CHECK(first == std::vector<std::pair<AgentId, std::uint64_t>>{{two, 1}, {two, 2}, {two, 3},
                                                                {one, 1}, {two, 1}, {one, 2},
                                                                {two, 2}, {one, 3}, {two, 3}});
  std::uint64_t expected = 4;
  while (const auto next = inbox.next()) CHECK(next->batch.header.sequence == expected++);
  CHECK(expected == 101);
  CHECK(inbox.empty());
  CHECK(inbox.waiting_bytes() == 0);
}

TEST_CASE("what comes behind one that waits waits too, so that order is kept") {
  Inbox inbox;
  for (std::uint64_t i = 0; i < std::uint64_t(Inbox::records.burst); ++i)
    offer(inbox, item(1, 1), start);
  CHECK(offer(inbox, item(1, 2), start) == Inbox::Way::waits);
  CHECK(offer(inbox, item(1, 3), start + 1h) == Inbox::Way::waits);
  CHECK(inbox.next()->batch.header.sequence == 2);
  CHECK(inbox.next()->batch.header.sequence == 3);
  CHECK(offer(inbox, item(1, 4), start + 1h) == Inbox::Way::now);
}

TEST_CASE("a peer that names another as author uses up its own share only") {
  Inbox inbox;
  for (std::uint64_t i = 0; i < 100'000; ++i)
    offer(inbox, item(2, i, 300, LogClass::urgent, 1), start);
  CHECK(offer(inbox, item(2, 1), start) == Inbox::Way::now);
}

TEST_CASE("what waits is bounded in bytes, for one and for all") {
  Inbox inbox;
  constexpr std::size_t large = 500 * 1024;
  for (std::uint32_t author = 1; author <= 20; ++author)
    for (std::uint64_t i = 0; i < 100; ++i)
      offer(inbox, item(author, i, large, LogClass::indicator), start);
  CHECK(inbox.waiting_bytes() <= Inbox::bytes_max);
  CHECK(inbox.waiting_bytes() > Inbox::bytes_max - large);
}

TEST_CASE("an import that comes faster than it is taken in is slowed, not refused") {
  Inbox inbox;
  std::uint64_t taken = 0;
  for (std::uint64_t i = 1; i <= 50'000; ++i) {
    auto one = item(1, i, 16'000, LogClass::indicator);
    for (auto way = inbox.offer(one, start); way != Inbox::Way::waits; way = inbox.offer(one, start)) {
      REQUIRE(way != Inbox::Way::refused);
      if (way == Inbox::Way::now) {
        CHECK(++taken == i);
        break;
      }
      const auto oldest = inbox.next_of(one);
      REQUIRE(oldest);
      CHECK(oldest->batch.header.sequence == ++taken);
    }
  }
  while (const auto one = inbox.next()) CHECK(one->batch.header.sequence == ++taken);
  CHECK(taken == 50'000);
  CHECK(inbox.empty());
}
