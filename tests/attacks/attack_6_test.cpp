#include "mesh/sync/fork_book.hpp"
#include "tests/attacks/hostile_agent.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, sncf = 1, delos = 2;

/// delos was taken over, and signs one thing for some and another for others. It talks to bleu;
/// sncf hears what bleu has.
struct Rig : SimRig {
  Rig() : SimRig({{"bleu"}, {"sncf"}, {"delos"}}) {
    open(bleu);
    open(sncf, {bleu});
    REQUIRE(connected(bleu, sncf));
    hostile.emplace(*this, delos);
    line = &hostile->dial(bleu);
    REQUIRE(line->up);
  }
  void say(const Batch& batch) { hostile->say(*line, BatchMessage{batch.encoded, true}); }
  Batch signed_for(std::string_view text, LogKey log, std::uint64_t sequence = 1,
                   Digest previous = {}) {
    return hostile->sign(log, text, universe.wall(), sequence, previous);
  }
  Batch first(std::string_view text) { return signed_for(text, hostile->log()); }
  static ForkProof proof(const Batch& one, const Batch& two) {
    return {signed_header_of(one.encoded), signed_header_of(two.encoded)};
  }
  bool proven(std::size_t at, std::size_t forks = 1) {
    return until([&] { return node(at).forks().size() == forks; });
  }

  std::optional<HostileAgent> hostile;
  HostileAgent::Line* line = nullptr;
};

}  // namespace

TEST_CASE("attack 6: two batches for one place are kept as proof, and freeze the author everywhere") {
  Rig rig;
  const auto to_some = rig.first("to some"), to_others = rig.first("to others");
  rig.say(to_some);
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("to some"); }));
  rig.say(to_others);
  REQUIRE(rig.proven(bleu));
  REQUIRE(rig.proven(sncf));
  const auto seen = rig.node(sncf).forks()[0];
  CHECK(std::set{seen.first, seen.second} == std::set{to_some.id, to_others.id});
  CHECK_FALSE(rig.notes(bleu).has("to others"));

  auto urgent = rig.hostile->log();
  urgent.log_class = LogClass::urgent;
  rig.say(rig.signed_for("more of it", urgent));
  for (const auto at : {bleu, sncf}) {
    REQUIRE(rig.until([&] { return rig.notes(at).has("more of it"); }));
    CHECK(rig.notes(at).frozen.contains("more of it"));
  }
  auto other = rig.hostile->log();
  other.epoch = 2;
  rig.say(rig.signed_for("another epoch", other));
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("another epoch"); }));
  CHECK_FALSE(rig.notes(sncf).frozen.contains("another epoch"));
}

TEST_CASE("attack 6: the proof and the freeze outlive a kill") {
  Rig rig;
  rig.say(rig.first("to some"));
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("to some"); }));
  rig.say(rig.first("to others"));
  REQUIRE(rig.proven(sncf));
  rig.run_for(1s);  // Until it is on the disk: what is not is shown again by others.
  rig.kill_and_reopen(sncf);
  REQUIRE(rig.node(sncf).forks().size() == 1);
  CHECK(rig.notes(sncf).frozen.contains("to some"));
}

TEST_CASE("attack 6: who takes the two branches in turn proves it from their seam") {
  Rig rig;
  const auto to_some = rig.first("to some"), to_others = rig.first("to others");
  rig.say(to_some);
  rig.say(rig.signed_for("after the others", rig.hostile->log(), 2, to_others.id));
  REQUIRE(rig.proven(bleu));
  REQUIRE(rig.proven(sncf));

  Rig filled;
  filled.machine(sncf).kill();  // It would prove the same by another way.
  const auto mine = filled.first("to some"), theirs = filled.first("to others");
  filled.say(filled.signed_for("after the others", filled.hostile->log(), 2, theirs.id));
  REQUIRE(filled.until([&] { return filled.notes(bleu).has("after the others"); }));
  filled.say(mine);
  CHECK(filled.proven(bleu));
}

TEST_CASE("attack 6: a false proof is refused, and ends the session of who brought it") {
  Rig truth;
  const auto one = truth.first("one"), two = truth.first("two");
  const auto other_log = truth.signed_for("x", {one.header.log.agent, 1, {}, LogClass::urgent});
  auto altered = Rig::proof(one, two), unsigned_one = Rig::proof(one, two);
  altered.second[150] ^= 1;
  unsigned_one.first[batch_header_bytes + 7] ^= 1;
  for (const auto& proof : {altered, unsigned_one, Rig::proof(one, one), Rig::proof(one, other_log)}) {
    Rig rig;
    rig.hostile->say(*rig.line, proof);
    CHECK(rig.until([&] { return rig.line->ended; }, 5s));
    CHECK(rig.node(bleu).forks().empty());
    CHECK(rig.refused(bleu, delos)["fork_proof"] == 1);
  }
}

TEST_CASE("attack 6: one author's forks fill no table, and its epochs are frozen as a whole") {
  Rig rig;
  for (std::uint64_t epoch = 1; epoch <= ForkBook::author_epochs_max + 4; ++epoch) {
    auto log = rig.hostile->log();
    log.epoch = epoch;
    rig.hostile->say(*rig.line, Rig::proof(rig.signed_for("a", log), rig.signed_for("b", log)));
  }
  REQUIRE(rig.proven(bleu, ForkBook::author_epochs_max + 1));
  REQUIRE(rig.proven(sncf, ForkBook::author_epochs_max + 1));
  rig.run_for(3s);
  CHECK(rig.node(bleu).forks().size() == ForkBook::author_epochs_max + 1);
  auto fresh = rig.hostile->log();
  fresh.epoch = 99;
  rig.say(rig.signed_for("of a new epoch", fresh));
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("of a new epoch"); }));
  CHECK(rig.notes(sncf).frozen.contains("of a new epoch"));
}
