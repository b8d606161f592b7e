#include "mesh/sync/catalogue.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, bsi = 1, delos = 2;

Holders three() {
  return Holders({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
}

}  // namespace

TEST_CASE("two batches for one place freeze the epoch and leave one proof, also after a start") {
  auto agents = three();
  auto& author = agents[delos];
  const auto first = author.sign(author.case_log(), {author.note("to some")});
  author.forget(author.case_log());
  const auto second = author.sign(author.case_log(), {author.note("to others")});
  REQUIRE(agents[bleu].take(first).verdict == Verdict::fresh);
  CHECK_FALSE(agents[bleu].catalogue.frozen(author.case_log()));
  CHECK(agents[bleu].take(second).verdict == Verdict::forked);
  CHECK(agents[bleu].take(second).verdict == Verdict::forked);
  REQUIRE(agents[bleu].catalogue.forks().size() == 1);
  const auto seen = agents[bleu].catalogue.forks()[0];
  CHECK(seen.log == author.case_log());
  CHECK(seen.sequence == 1);
  CHECK(std::set{seen.first, seen.second} == std::set{first.id, second.id});
  CHECK(agents[bleu].catalogue.frozen(author.control_log()));
  CHECK_FALSE(agents[bleu].catalogue.wants(author.case_log(), 2));

  const auto options = agents.federation.options(bleu);
  const Catalogue again(*agents[bleu].store,
                        {agents[bleu].agent, agents.federation.charter, options.sealing});
  CHECK(again.frozen(author.case_log()));
}

TEST_CASE("a forged second batch proves no fork") {
  auto agents = three();
  auto& author = agents[delos];
  REQUIRE(agents[bleu].take(author.sign(author.case_log(), {author.note("a")})).verdict ==
          Verdict::fresh);
  author.forget(author.case_log());
  auto bytes = author.sign(author.case_log(), {author.note("b")}).encoded;
  bytes[batch_header_bytes] ^= 1;
  const auto judged = agents[bleu].take(parse_batch(bytes).value());
  CHECK(judged.verdict == Verdict::refused);
  CHECK(judged.blame == Blame::relay);
  CHECK(agents[bleu].catalogue.forks().empty());
}

TEST_CASE("of a settled log only the branch that was named is taken, in order and to its end") {
  auto agents = three();
  auto& author = agents[delos];
  const auto log = author.case_log();
  const auto lost = author.sign(log, {author.note("lost")});
  author.forget(log);
  std::vector<Batch> kept;
  for (const auto* text : {"kept", "second", "third", "fourth"})
    kept.push_back(author.sign(log, {author.note(text)}));
  const ForkDecision decision{"delos", log, 1, kept[0].id, 3, kept[2].id, {}, {}};
  const auto record = encode_fork_decision(author.header(RecordKind::forks, Tlp::green), decision,
                                           agents.federation.root(delos),
                                           agents.federation.charter.federation);
  const auto told = author.publish(author.control_log(), {record});
  const auto taken = agents[bleu].take(told);
  REQUIRE(taken.verdict == Verdict::fresh);
  CHECK(taken.settled == std::vector{log});

  CHECK(agents[bleu].take(lost).reason == "fork_lost");
  CHECK(agents[bleu].take(kept[1]).reason == "fork_order");
  CHECK(agents[bleu].catalogue.wants(log, 1));
  for (std::size_t i = 0; i < 3; ++i) CHECK(agents[bleu].take(kept[i]).verdict == Verdict::fresh);
  CHECK(agents[bleu].take(kept[3]).reason == "fork_closed");
  CHECK_FALSE(agents[bleu].catalogue.wants(log, 4));
  CHECK_FALSE(agents[bleu].catalogue.wants(log, 1));
  CHECK(agents[bleu].take(lost).reason == "fork_lost");

  REQUIRE(agents[bsi].take(lost).verdict == Verdict::fresh);
  REQUIRE(agents[bsi].take(told).verdict == Verdict::fresh);
  CHECK(agents[bsi].catalogue.frozen(log, 1, 0));
  CHECK_FALSE(agents[bsi].catalogue.wants(log, 2));
  CHECK(agents[bleu].catalogue.forks().empty());
}
