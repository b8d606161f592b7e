#include "mesh/sync/author_quota.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
LogKey log_of(std::uint8_t agent, LogClass log_class) {
  LogKey out;
  out.agent.data[0] = agent;
  out.log_class = log_class;
  return out;
}
}  // namespace

TEST_CASE("indicators stop at the author's quota, withdrawals have room beyond it") {
  constexpr std::uint64_t quota = 1'000'000;
  AuthorQuota authors(log_of(9, LogClass::indicator).agent, quota);
  const auto flood = log_of(1, LogClass::indicator), urgent = log_of(1, LogClass::urgent);
  std::size_t taken = 0;
  for (; authors.has_room(flood) && taken < 10'000; ++taken) authors.add(flood, 9'488);
  CHECK(taken == 100);
  CHECK(authors.used(flood.agent) == quota);
  CHECK(authors.has_room(urgent));
  CHECK(authors.has_room(log_of(2, LogClass::indicator)));
  for (; authors.has_room(urgent) && taken < 10'000; ++taken) authors.add(urgent, 488);
  CHECK(authors.used(flood.agent) == quota + quota / 8);
}

TEST_CASE("what is dropped from the store makes room, and the own agent is never short of it") {
  AuthorQuota authors(log_of(9, LogClass::indicator).agent, 1'000);
  const auto log = log_of(1, LogClass::indicator);
  authors.add(log, 1'000);
  CHECK_FALSE(authors.has_room(log));
  authors.give_back(log, 1'000);
  CHECK(authors.used(log.agent) == AuthorQuota::batch_overhead);
  CHECK(authors.has_room(log));
  authors.give_back(log, 1'000);
  CHECK(authors.used(log.agent) == 0);
  const auto own = log_of(9, LogClass::indicator);
  authors.add(own, 1'000'000);
  CHECK(authors.has_room(own));
}
