#include "mesh/sync/recent_pushes.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}

RecentPush push(std::uint64_t sequence, Instant at, std::vector<AgentId> sent = {}) {
  return {{agent(1), 7, {}, LogClass::urgent}, sequence, agent(1), false, at, std::move(sent)};
}

constexpr Instant begin{};

}  // namespace

TEST_CASE("a push is remembered for a moment, and only the newest are") {
  RecentPushes recent;
  recent.note(push(1, begin));
  recent.note(push(2, begin + RecentPushes::keep / 2));
  CHECK(recent.of_late(begin + RecentPushes::keep).size() == 2);
  const auto& left = recent.of_late(begin + RecentPushes::keep * 5 / 4);
  REQUIRE(left.size() == 1);
  CHECK(left.front().sequence == 2);
  for (std::uint64_t s = 0; s < RecentPushes::count_max + 5; ++s)
    recent.note(push(10 + s, begin + RecentPushes::keep));
  CHECK(recent.of_late(begin + RecentPushes::keep).size() == RecentPushes::count_max);
  CHECK(recent.of_late(begin + RecentPushes::keep).front().sequence == 15);
}

TEST_CASE("nobody is sent a batch twice, and one more of each other organisation is") {
  auto sent = push(1, begin, {agent(2)});
  CHECK_FALSE(RecentPushes::take(sent, agent(2), "bleu"));
  CHECK(RecentPushes::take(sent, agent(3), "bleu"));
  CHECK_FALSE(RecentPushes::take(sent, agent(3), "bleu"));
  CHECK_FALSE(RecentPushes::take(sent, agent(4), "bleu"));
  CHECK(RecentPushes::take(sent, agent(5), "sncf"));
  CHECK(RecentPushes::take(sent, agent(6), ""));
  CHECK(RecentPushes::take(sent, agent(7), ""));
}
