#include "mesh/sync/epoch_gate.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t old_epoch = 7, new_epoch = 8;

AgentId agent(std::uint8_t n) {
  AgentId out;
  out.data[0] = n;
  return out;
}
const LogKey case_log{agent(1), old_epoch, {}, LogClass::case_};
const LogKey urgent_log{agent(1), old_epoch, {}, LogClass::urgent};

LogHead head(const LogKey& key, std::uint64_t contiguous, std::uint8_t last = 1) {
  LogHead out{key, contiguous, 0, {}, {}};
  out.last.data[0] = last;
  return out;
}
const AgentId bleu = agent(2), bsi = agent(3), sncf = agent(4), colleague = agent(5);
EpochGate restarted(std::set<AgentId> holders) {
  return EpochGate({agent(1), old_epoch, std::move(holders), new_epoch}, Instant{10s});
}

}  // namespace

TEST_CASE("an agent without a log of its own signs at once, in a new epoch") {
  const EpochGate gate({agent(1), std::nullopt, {}, new_epoch}, Instant{});
  REQUIRE(gate.open());
  CHECK(gate.epoch() == new_epoch);
  CHECK_FALSE(gate.continued());
}

TEST_CASE("where nobody can hold what was said a new epoch opens at once") {
  const auto gate = restarted({});
  REQUIRE(gate.open());
  CHECK(gate.epoch() == new_epoch);
  CHECK_FALSE(gate.continued());
}

TEST_CASE("nothing is signed until a peer confirms, or three seconds have passed") {
  auto gate = restarted({bleu});
  CHECK_FALSE(gate.open());
  CHECK(gate.deadline() == Instant{13s});
  gate.tick(Instant{13s - 1ns}, {bleu});
  CHECK_FALSE(gate.open());
  gate.tick(Instant{13s}, {bleu});
  REQUIRE(gate.open());
  CHECK(gate.epoch() == new_epoch);
  CHECK_FALSE(gate.continued());
}

TEST_CASE("the old epoch goes on once all have confirmed it") {
  auto gate = restarted({bleu, bsi});
  gate.confirm(bleu);
  gate.tick(Instant{10s}, {bleu});
  CHECK_FALSE(gate.open());
  gate.confirm(bsi);
  gate.tick(Instant{10s}, {bleu, bsi});
  REQUIRE(gate.open());
  CHECK(gate.epoch() == old_epoch);
  CHECK(gate.continued());
  gate.tick(Instant{1h}, {});
  CHECK(gate.epoch() == old_epoch);
}

TEST_CASE("a peer that confirms a stale head is not believed while others are still to be heard") {
  auto gate = restarted({bleu});
  gate.confirm(bleu);
  gate.tick(Instant{10s}, {bleu, colleague});  // One that shook hands and has not spoken.
  gate.tick(Instant{12s}, {bleu, colleague});
  CHECK_FALSE(gate.open());
  gate.compare(colleague, {head(case_log, 9)}, {head(case_log, 4)});
  REQUIRE(gate.open());
  CHECK(gate.epoch() == new_epoch);
}

TEST_CASE("one agent out of reach may hold what all others lack: the old epoch needs them all") {
  auto gate = restarted({bleu, bsi, sncf, colleague});
  for (const auto& id : {bleu, bsi, sncf}) gate.confirm(id);
  gate.tick(Instant{13s - 1ns}, {bleu, bsi, sncf});
  CHECK_FALSE(gate.open());  // The colleague may be on its way.

  auto late = gate;
  late.confirm(colleague);
  late.tick(Instant{13s - 1ns}, {bleu, bsi, sncf, colleague});
  REQUIRE(late.open());
  CHECK(late.continued());

  gate.tick(Instant{13s}, {bleu, bsi, sncf});
  REQUIRE(gate.open());
  CHECK(gate.epoch() == new_epoch);
  CHECK_FALSE(gate.continued());
}

TEST_CASE("a peer that holds as much of ours as we do, or less, confirms") {
  const std::vector<LogHead> ours{head(case_log, 4)};
  for (const auto& theirs : {std::vector<LogHead>{head(case_log, 4)},
                             std::vector<LogHead>{head(case_log, 3, 9)}, std::vector<LogHead>{}}) {
    auto gate = restarted({bleu});
    gate.compare(bleu, theirs, ours);
    gate.tick(Instant{10s}, {bleu});
    REQUIRE(gate.open());
    CHECK(gate.continued());
  }
}

TEST_CASE("a peer that holds something of ours that we forgot opens a new epoch") {
  const std::vector<LogHead> ours{head(case_log, 4)};
  auto with_range = head(case_log, 2);
  with_range.ranges.push_back({5, 5});
  const std::vector<std::vector<LogHead>> forgotten{
      {head(case_log, 5)},                        // one batch more
      {with_range},                               // one beyond a gap
      {head(case_log, 4, 9)},                     // another batch in the same place
      {head(case_log, 4), head(urgent_log, 1)}};  // a whole log
  for (const auto& theirs : forgotten) {
    auto gate = restarted({bleu});
    gate.compare(agent(9), theirs, ours);  // Even a colleague.
    REQUIRE(gate.open());
    CHECK(gate.epoch() == new_epoch);
    CHECK_FALSE(gate.continued());
  }
}

TEST_CASE("what a peer holds of other agents and of older epochs says nothing of ours") {
  auto gate = restarted({bleu});
  auto older = case_log, foreign = case_log;
  older.epoch = old_epoch - 1;
  foreign.agent = agent(2);
  gate.compare(bleu, {head(older, 50), head(foreign, 60)}, {head(case_log, 4)});
  gate.tick(Instant{10s}, {bleu});
  REQUIRE(gate.open());
  CHECK(gate.continued());
}
