#include "mesh/sync/fork_decision.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/forked.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1;

Bytes record_of(ForkedAgents& agents, const ForkDecision& decision, std::size_t root) {
  return encode_fork_decision(agents.other().header(RecordKind::forks, Tlp::green), decision,
                              agents.federation.root(root), agents.federation.charter.federation);
}

}  // namespace

TEST_CASE("a decision reads back as the root signed it, and can be passed on in its words") {
  ForkedAgents agents;
  auto decision = agents.decision(agents.author().case_log(), crypto::blake2b(bytes_of("a")));
  decision.last = 9;
  decision.last_id = crypto::blake2b(bytes_of("b"));
  const auto first = record_of(agents, decision, delos);
  const auto read = check_fork_decision(*view_record(first), agents.federation.charter);
  REQUIRE(read);
  CHECK(read->agrees(decision));
  CHECK(read->time == decision.time);
  const auto again =
      encode_fork_decision(agents.author().header(RecordKind::forks, Tlp::green), *read);
  CHECK(check_fork_decision(*view_record(again), agents.federation.charter));
}

TEST_CASE("a decision counts only under the root of the organisation that it names") {
  ForkedAgents agents;
  const auto decision =
      agents.decision(agents.author().case_log(), crypto::blake2b(bytes_of("a")));
  const auto forged = record_of(agents, decision, bleu);
  CHECK(check_fork_decision(*view_record(forged), agents.federation.charter).error().code ==
        Errc::unauthenticated);
  auto stranger = decision;
  stranger.org = "nobody";
  const auto unknown = record_of(agents, stranger, delos);
  CHECK(check_fork_decision(*view_record(unknown), agents.federation.charter).error().code ==
        Errc::refused);
}

TEST_CASE("every word of a decision is signed") {
  ForkedAgents agents;
  const auto good = record_of(
      agents, agents.decision(agents.author().case_log(), crypto::blake2b(bytes_of("a"))), delos);
  for (std::size_t at = record_header_bytes; at < good.size(); ++at) {
    auto bad = good;
    bad[at] ^= 1;
    const auto view = view_record(bad);
    if (view) CHECK_FALSE(check_fork_decision(*view, agents.federation.charter));
  }
}

TEST_CASE("a branch that ends before it begins is none") {
  ForkedAgents agents;
  const auto base = agents.decision(agents.author().case_log(), crypto::blake2b(bytes_of("a")));
  auto early = base, other_end = base, nothing = base;
  early.sequence = 2;
  other_end.last_id = crypto::blake2b(bytes_of("b"));
  nothing.keep = nothing.last_id = {};
  for (const auto& decision : {early, other_end, nothing}) {
    const auto record = record_of(agents, decision, delos);
    CHECK(check_fork_decision(*view_record(record), agents.federation.charter).error().code ==
          Errc::invalid);
  }
}
