#include "mesh/store/memory_medium.hpp"
#include "tests/attacks/hostile_agent.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

TEST_CASE("attack 8: an agent restored from an old backup opens a new epoch and forks nothing") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  const auto kept = rig.publish(1, {rig.note(1, Tlp::green, everybody, "in the backup")});
  REQUIRE(kept);
  const auto backup = std::make_shared<MemoryBacking>(*rig.backing(1));
  const auto lost = rig.publish(1, {rig.note(1, Tlp::green, everybody, "after the backup")});
  REQUIRE(lost);
  REQUIRE(lost->front().log == kept->front().log);
  REQUIRE(rig.until([&] { return rig.notes(0).has("after the backup"); }));

  rig.close(1);
  rig.backing(1) = backup;
  rig.open(1, {0});
  CHECK(rig.notes(1).has("in the backup"));
  CHECK_FALSE(rig.notes(1).has("after the backup"));
  const auto fresh = rig.publish(1, {rig.note(1, Tlp::green, everybody, "after the restore")});
  REQUIRE(fresh);
  CHECK(fresh->front().log.epoch != lost->front().log.epoch);
  CHECK(fresh->front().sequence == 1);

  // The partner takes the new epoch, and gives back what the backup had not.
  REQUIRE(rig.until([&] {
    return rig.notes(0).has("after the restore") && rig.notes(1).has("after the backup");
  }));
  REQUIRE(rig.until([&] {
    return rig.node(0).heads_digest("delos") == rig.node(1).heads_digest("bleu");
  }));
  CHECK(rig.node(0).forks().empty());
  CHECK(rig.node(1).forks().empty());
}

TEST_CASE("attack 8: a partner that confirms a stale head makes no restored agent fork") {
  const bool comes_back = GENERATE(true, false);
  CAPTURE(comes_back);
  constexpr std::size_t bleu = 0, bsi = 1, delos = 2;
  SimRig rig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  rig.open(bleu);
  rig.open(delos, {bleu, bsi});
  REQUIRE(rig.connected(bleu, delos));
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "in the backup"));
  const auto backup = rig.disk(delos);
  const auto lost = rig.publish(delos, rig.note(delos, Tlp::green, all_members, "after it"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("after it"); }));

  // The liar is there at once and says that it holds nothing more; bleu, who does, comes later or
  // not at all.
  rig.restore(delos, backup);
  rig.universe.wires().cut({bleu + 1}, {delos + 1}, SimCut::reset);
  rig.open(delos, {bleu, bsi});
  HostileAgent liar(rig, bsi);
  auto& line = liar.dial(delos);
  liar.say(line, Heads{});
  SimRig::Publishing published;
  rig.start_publishing(delos, rig.note(delos, Tlp::green, all_members, "after the restore"),
                       published);
  rig.run_for(400ms);
  CHECK_FALSE(published.has_value());
  if (comes_back) rig.universe.wires().heal();
  REQUIRE(rig.until([&] { return published.has_value(); }));
  REQUIRE(*published);
  rig.universe.wires().heal();
  CHECK((*published)->front().log.epoch != lost.log.epoch);
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("after the restore"); }));
  CHECK(rig.node(bleu).forks().empty());
  CHECK(rig.node(delos).forks().empty());
}

TEST_CASE("attack 8: what was forgotten may be of a log that those who confirm cannot read") {
  constexpr unsigned bleu = 0, bsi = 1, delos = 2;
  SimRig rig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  rig.open(bleu);
  rig.open(bsi);
  rig.open(delos, {bleu, bsi});
  REQUIRE(rig.connected(bleu, delos));
  REQUIRE(rig.connected(bsi, delos));
  const auto cut_from = [&](unsigned other, unsigned one) {
    rig.universe.wires().cut({one + 1}, {other + 1}, SimCut::reset);
  };
  const auto say = [&](const char* text, Tlp tlp, Audience audience) {
    return rig.publish(delos, rig.note(delos, tlp, std::move(audience), text)).log;
  };
  const Audience two{false, {"bleu", "delos"}, {}};
  const auto first = say("makes the scope", Tlp::amber_strict, two);

  // Restarted alone: a new epoch, in which all that is said before the backup is for bleu alone.
  rig.restore(delos, rig.disk(delos));
  cut_from(delos, bleu);
  cut_from(delos, bsi);
  rig.open(delos, {bleu, bsi});
  const auto kept = say("in the backup", Tlp::amber_strict, two);
  REQUIRE(kept.epoch != first.epoch);
  rig.universe.wires().heal();
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("in the backup"); }));
  REQUIRE(rig.connected(bsi, delos));
  const auto backup = rig.disk(delos);
  cut_from(delos, bleu);
  cut_from(bsi, bleu);
  const auto lost = say("after it", Tlp::green, all_members);
  REQUIRE(lost.epoch == kept.epoch);
  REQUIRE(rig.until([&] { return rig.notes(bsi).has("after it"); }));

  // bleu confirms all that it may read; bsi knows of more, and is out of reach.
  rig.universe.wires().heal();
  rig.restore(delos, backup);
  cut_from(delos, bsi);
  cut_from(bleu, bsi);
  rig.open(delos, {bleu, bsi});
  CHECK(say("after the restore", Tlp::green, all_members).epoch != lost.epoch);
  rig.universe.wires().heal();
  REQUIRE(rig.until([&] { return rig.notes(bsi).has("after the restore"); }));
  for (const auto each : {bleu, bsi, delos}) CHECK(rig.node(each).forks().empty());
}
