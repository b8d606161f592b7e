#include "mesh/sync/log_shares.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

AgentId numbered(std::size_t number) {
  AgentId out;
  out.data[0] = std::uint8_t(number);
  out.data[1] = std::uint8_t(number >> 8);
  return out;
}

std::size_t open_all(LogShares& shares, const AgentId& agent, std::string_view org, bool vital,
                     std::size_t members = 2) {
  std::size_t out = 0;
  for (; shares.may_open(agent, org, members, vital); ++out) {
    REQUIRE(out <= LogShares::all_max);
    shares.opened(agent, org);
  }
  return out;
}

/// Agents of `org` from `first` on, each of which opens all that it can.
std::size_t flood(LogShares& shares, std::size_t first, std::string_view org, bool vital,
                  std::size_t members = 2) {
  std::size_t out = 0, taken = 0;
  do {
    taken = open_all(shares, numbered(first++), org, vital, members);
    out += taken;
  } while (taken > 0);
  return out;
}

}  // namespace

TEST_CASE("an agent opens so many logs, and what is vital an eighth more") {
  LogShares shares;
  CHECK(open_all(shares, numbered(1), "bleu", false) == LogShares::common(LogShares::agent_max));
  CHECK(open_all(shares, numbered(1), "bleu", true) == LogShares::agent_max / 8);
  CHECK(shares.of(numbered(1)) == LogShares::agent_max);
  CHECK(shares.may_open(numbered(2), "bleu", 2, false));
}

TEST_CASE("an organisation's agents together take no more than its part") {
  LogShares shares;
  const auto part = LogShares::org_part(2);
  CHECK(flood(shares, 1, "bleu", false) == LogShares::common(part));
  CHECK(flood(shares, 100, "bleu", true) == part / 8);
  CHECK(shares.may_open(numbered(200), "delos", 2, false));
}

TEST_CASE("whatever others have taken, each of 64 organisations finds its part, and each agent its own") {
  LogShares shares;
  const auto part = LogShares::org_part(64);
  for (std::size_t org = 0; org < 63; ++org)
    CHECK(flood(shares, org * 100, "flooder " + std::to_string(org), true, 64) == part);
  CHECK(open_all(shares, numbered(6'300), "honest", false, 64) ==
        LogShares::common(LogShares::agent_part(64)));
  CHECK(flood(shares, 6'301, "honest", true, 64) > part / 2);
  CHECK(shares.all() <= LogShares::all_max);
}

TEST_CASE("what was opened before members joined counts, and all together stay within the whole") {
  LogShares shares;
  for (std::size_t org = 0; org < 8; ++org)
    flood(shares, org * 100, "early " + std::to_string(org), true, 8);
  CHECK(shares.all() == LogShares::all_max);
  CHECK_FALSE(shares.may_open(numbered(5'000), "late", 9, true));
}

TEST_CASE("an agent counts for the organisation that it is known to be of now") {
  LogShares shares;
  flood(shares, 1, "bleu", false);
  CHECK_FALSE(shares.may_open(numbered(99), "bleu", 2, false));
  CHECK(shares.may_open(numbered(99), "delos", 2, false));
  shares.regroup([](const AgentId&) { return std::string_view("delos"); });
  CHECK(shares.may_open(numbered(99), "bleu", 2, false));
  CHECK_FALSE(shares.may_open(numbered(99), "delos", 2, false));
}
