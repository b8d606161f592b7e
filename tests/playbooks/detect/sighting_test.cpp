#include "playbooks/detect/sighting.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;
using namespace std::chrono_literals;

namespace {
Digest digest(std::uint8_t number) {
  Digest out;
  out.data.fill(number);
  return out;
}
LocalHit hit(std::uint8_t number, std::int64_t ms) {
  LocalHit out;
  out.ordinal = number;
  out.indicator = digest(number);
  out.type = mesh::IndicatorType::domain;
  out.value_key = digest(std::uint8_t(number + 100));
  out.at.ms = ms;
  return out;
}
mesh::Instant at(Duration since) { return {since}; }
}  // namespace

TEST_CASE("the first hit is urgent, the next ones are counted until their window ends") {
  SightingBook book("delos");
  const auto first = book.hit(hit(1, 1000), at(0s));
  REQUIRE(first);
  CHECK(first->urgent);
  CHECK(first->ordinal == 1);
  CHECK(first->sighting.count == 1);
  CHECK_FALSE(book.hit(hit(1, 2000), at(1s)));
  CHECK_FALSE(book.hit(hit(1, 1500), at(2s)));
  CHECK(book.due(at(10s)).empty());
  CHECK(*book.next_due() == at(11s));
  const auto drafts = book.due(at(11s));
  REQUIRE(drafts.size() == 1);
  CHECK_FALSE(drafts[0].urgent);
  CHECK(drafts[0].sighting.count == 2);
  CHECK(drafts[0].sighting.first_seen.ms == 1500);
  CHECK(drafts[0].sighting.last_seen.ms == 2000);
  CHECK(book.due(at(20s)).empty());
}

TEST_CASE("after a quiet time a hit is urgent again") {
  SightingBook book("delos");
  REQUIRE(book.hit(hit(1, 0), at(0s)));
  CHECK_FALSE(book.hit(hit(1, 1), at(9min)));
  CHECK(book.due(at(9min + 10s)).size() == 1);
  CHECK(book.hit(hit(1, 2), at(20min))->urgent);
  CHECK(book.due(at(60min)).empty());
  CHECK_FALSE(book.next_due());
  CHECK(book.hit(hit(1, 3), at(61min))->urgent);
}

TEST_CASE("every event is counted once, whatever the timing") {
  SightingBook book("delos");
  std::uint64_t published = 0, hits = 0;
  std::uint32_t random = 1;
  Duration now{};
  for (int i = 0; i < 5000; ++i) {
    random = random * 1664525 + 1013904223;
    now += std::chrono::milliseconds(random >> 18);
    ++hits;
    if (const auto draft = book.hit(hit(std::uint8_t(random >> 28), now / 1ms), at(now)))
      published += draft->sighting.count;
    if (random % 7 == 0)
      for (const auto& draft : book.due(at(now))) published += draft.sighting.count;
  }
  for (const auto& draft : book.due(at(now + 1h))) published += draft.sighting.count;
  CHECK(published == hits);
  CHECK_FALSE(book.next_due());
}

TEST_CASE("totals add up per indicator and organisation, repeated records do not") {
  SightingBook book("delos");
  auto draft = book.hit(hit(1, 1000), at(0s));
  CHECK(book.merge(draft->sighting, "delos", digest(201)));
  CHECK_FALSE(book.merge(draft->sighting, "delos", digest(201)));
  auto remote = draft->sighting;
  remote.count = 5;
  remote.last_seen.ms = 9000;
  CHECK(book.merge(remote, "bleu", digest(202)));
  book.hit(hit(1, 4000), at(1s));
  const auto list = book.list({});
  REQUIRE(list.size() == 2);
  CHECK(list[0].org == "bleu");
  CHECK(list[0].count == 5);
  CHECK(list[1].org == "delos");
  CHECK(list[1].count == 2);  // One published, one waiting for its window.
  CHECK(list[1].last_seen.ms == 4000);
  CHECK(book.list({9000}).size() == 1);
  CHECK(book.of(digest(1)).size() == 2);
  book.forget(digest(1));
  CHECK(book.list({}).empty());
  CHECK_FALSE(book.next_due());
}

TEST_CASE("a flood of different indicators loses no count") {
  SightingBook book("delos");
  std::uint64_t published = 0;
  const auto many = SightingBook::pending_max + 500;
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < many; ++i) {
      LocalHit one = hit(1, 1);
      one.indicator.data[0] = std::uint8_t(i);
      one.indicator.data[1] = std::uint8_t(i >> 8);
      one.indicator.data[2] = std::uint8_t(i >> 16);
      if (const auto draft = book.hit(one, at(1s))) published += draft->sighting.count;
    }
  for (;;) {
    const auto drafts = book.due(at(1h));
    if (drafts.empty()) break;
    for (const auto& draft : drafts) published += draft.sighting.count;
  }
  CHECK(published == 2 * many);
}
