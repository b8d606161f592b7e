#include "mesh/store/memory_medium.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

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
