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

std::size_t open_all(LogShares& shares, const AgentId& agent, std::string_view org, bool vital) {
  std::size_t out = 0;
  for (; shares.may_open(agent, org, vital); ++out) {
    REQUIRE(out <= LogShares::all_max);
    shares.opened(agent, org);
  }
  return out;
}

/// Agents of `org` from `first` on, each of which opens all that it can.
std::size_t flood(LogShares& shares, std::size_t first, std::string_view org, bool vital) {
  std::size_t out = 0, taken = 0;
  do {
    taken = open_all(shares, numbered(first++), org, vital);
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
  CHECK(shares.may_open(numbered(2), "bleu", false));
}

TEST_CASE("an organisation's agents together take no more than its part") {
  LogShares shares;
  const auto part = LogShares::org_max;
  CHECK(flood(shares, 1, "bleu", false) == LogShares::common(part));
  CHECK(flood(shares, 100, "bleu", true) == part / 8);
  CHECK(shares.may_open(numbered(200), "delos", false));
}

TEST_CASE("it takes the whole parts of eight organisations to fill the whole") {
  LogShares shares;
  for (std::size_t org = 0; org < 7; ++org)
    CHECK(flood(shares, org * 100, "flooder " + std::to_string(org), true) == LogShares::org_max);
  for (std::size_t org = 0; org < 8; ++org)
    CHECK(open_all(shares, numbered(5'000 + org), "honest " + std::to_string(org), false) ==
          LogShares::common(LogShares::agent_max));
  flood(shares, 6'000, "last", true);
  CHECK(shares.all() == LogShares::all_max);
  CHECK_FALSE(shares.may_open(numbered(7'000), "late", true));
}

TEST_CASE("an agent counts for the organisation that it is known to be of now") {
  LogShares shares;
  flood(shares, 1, "bleu", false);
  CHECK_FALSE(shares.may_open(numbered(99), "bleu", false));
  CHECK(shares.may_open(numbered(99), "delos", false));
  shares.regroup([](const AgentId&) { return std::string_view("delos"); });
  CHECK(shares.may_open(numbered(99), "bleu", false));
  CHECK_FALSE(shares.may_open(numbered(99), "delos", false));
}
