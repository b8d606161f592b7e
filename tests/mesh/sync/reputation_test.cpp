#include "mesh/sync/reputation.hpp"

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
}  // namespace

TEST_CASE("who does wrong again and again is out for a while, and longer the next time") {
  Reputation reputation;
  Instant now{1h};
  for (int i = 1; i < Reputation::faults_max; ++i) CHECK_FALSE(reputation.fault(agent(1), now));
  CHECK_FALSE(reputation.is_out(agent(1), now));
  CHECK(reputation.fault(agent(1), now));
  CHECK(reputation.is_out(agent(1), now));
  CHECK_FALSE(reputation.is_out(agent(2), now));
  CHECK(reputation.is_out(agent(1), now + 59s));
  now = now + 60s;
  CHECK_FALSE(reputation.is_out(agent(1), now));
  for (int i = 0; i < Reputation::faults_max; ++i) reputation.fault(agent(1), now);
  CHECK(reputation.is_out(agent(1), now + 119s));
  CHECK_FALSE(reputation.is_out(agent(1), now + 120s));
}

TEST_CASE("a fault now and then is forgotten") {
  Reputation reputation;
  Instant now{1h};
  for (int i = 0; i < 10 * Reputation::faults_max; ++i) {
    CHECK_FALSE(reputation.fault(agent(1), now));
    now = now + Reputation::memory + 1s;
  }
}

TEST_CASE("what may be the receiver's doing is nobody's fault") {
  for (const auto code : {Errc::full, Errc::io, Errc::corrupt, Errc::expired, Errc::closed,
                          Errc::timeout, Errc::unsupported, Errc::not_found})
    CHECK_FALSE(is_senders_fault(code));
  for (const auto code : {Errc::invalid, Errc::unauthenticated, Errc::too_large})
    CHECK(is_senders_fault(code));
}

TEST_CASE("only so many agents are remembered, and old ones make room") {
  Reputation reputation;
  Instant now{1h};
  for (std::uint32_t i = 0; i < Reputation::agents_max + 10; ++i) reputation.fault(agent(i), now);
  const auto late = agent(1'000'000);
  for (int i = 0; i < Reputation::faults_max; ++i) reputation.fault(late, now);
  CHECK_FALSE(reputation.is_out(late, now));
  now = now + 3h;
  for (int i = 0; i < Reputation::faults_max; ++i) reputation.fault(late, now);
  CHECK(reputation.is_out(late, now));
}
