// Attack 25: whatever the machine or its disk does, what was acknowledged is there afterwards.
#include "tests/attacks/sim_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

TEST_CASE("attack 25: kill -9 at any moment loses nothing that was acknowledged") {
  int acknowledged = 0, cut_short = 0;
  for (Duration moment = 0ms; moment < 20ms; moment += 100us) {
    CAPTURE(moment.count());
    SimRig rig({{"bleu"}});
    rig.open(0);
    SimRig::Publishing done;
    rig.start_publishing(0, rig.note(0, Tlp::green, all_members, "acknowledged"), done);
    rig.run_for(moment);
    rig.kill_and_reopen(0);
    done ? ++acknowledged : ++cut_short;
    if (done) {
      REQUIRE(*done);
      CHECK(rig.notes(0).has("acknowledged"));
    }
    // What was under way is there whole or not at all, and the log goes on.
    rig.publish(0, rig.note(0, Tlp::green, all_members, "afterwards"));
    CHECK(rig.notes(0).has("afterwards"));
  }
  CHECK(acknowledged > 20);
  CHECK(cut_short > 20);
}

namespace {

constexpr std::size_t bleu = 0, delos = 1;

/// Bleu says "kept", then its disk turns bad in some way, which outlives a restart unless mended.
struct BadDisk : SimRig {
  BadDisk() : SimRig({{"bleu"}, {"delos"}}) {
    open(bleu);
    open(delos, {bleu});
    REQUIRE(connected(bleu, delos));
    say("kept");
  }
  Result<void> say(std::string_view text) {
    const auto said = try_publish(bleu, note(bleu, Tlp::green, all_members, text));
    if (!said) return std::unexpected(said.error());
    return {};
  }
  bool heard_by_delos(std::string_view text) {
    run_for(2s);
    return notes(delos).has(text);
  }
};

}  // namespace

TEST_CASE("attack 25: a failed fsync stops the agent, and nothing is acknowledged by trying again") {
  BadDisk rig;
  rig.disk(bleu).fail_commits = true;
  CHECK(rig.say("lost").error().code == Errc::io);
  rig.disk(bleu).fail_commits = false;  // The next fsync would say that all is well.
  CHECK_FALSE(rig.say("after it"));
  CHECK_FALSE(rig.heard_by_delos("lost"));
  CHECK_FALSE(rig.heard_by_delos("after it"));
  REQUIRE(rig.notes(bleu).failed);
  CHECK(rig.notes(bleu).failed->code == Errc::io);
  CHECK_FALSE(rig.node(delos).reachable("bleu"));

  rig.kill_and_reopen(bleu);
  CHECK(rig.notes(bleu).has("kept"));
  CHECK_FALSE(rig.notes(bleu).has("lost"));
  REQUIRE(rig.connected(bleu, delos));
  CHECK(rig.say("goes on"));
  CHECK(rig.heard_by_delos("goes on"));
  CHECK(rig.node(delos).forks().empty());
}

TEST_CASE("attack 25: what a partner sent while the disk failed is fetched once it is sound again") {
  BadDisk rig;
  rig.disk(bleu).fail_commits = true;
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "from Delos"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).failed.has_value(); }));
  rig.disk(bleu).fail_commits = false;
  rig.kill_and_reopen(bleu);
  CHECK(rig.until([&] { return rig.notes(bleu).has("from Delos"); }));
}

TEST_CASE("attack 25: a full disk acknowledges nothing that is not on it, and loses nothing that is") {
  BadDisk rig;
  rig.disk(bleu).size_max = rig.disk(bleu).bytes + 20'000;
  int said = 0;
  const auto nth = [](int number) { return fmt::format("note {}", number); };
  auto last = rig.say(nth(0));
  while (last && ++said < 100) last = rig.say(nth(said));
  REQUIRE_FALSE(last);
  CHECK(last.error().code == Errc::full);
  CHECK(said > 1);
  CHECK_FALSE(rig.heard_by_delos(nth(said)));
  CHECK_FALSE(rig.notes(bleu).failed);  // It goes on matching what it has, and can be compacted.
  CHECK(rig.node(delos).reachable("bleu"));
  rig.disk(bleu).size_max = 1 << 30;
  rig.kill_and_reopen(bleu);
  for (int number = 0; number < said; ++number) CHECK(rig.notes(bleu).has(nth(number)));
  CHECK(rig.notes(bleu).has("kept"));
  CHECK_FALSE(rig.notes(bleu).has(nth(said)));
  REQUIRE(rig.connected(bleu, delos));
  CHECK(rig.say("goes on"));
  CHECK(rig.heard_by_delos("goes on"));
  CHECK(rig.node(delos).forks().empty());
}
