#include "playbooks/act/edl.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::playbooks {

TEST_CASE("the list holds each value once, across restarts, until its last effect goes") {
  tests::MemoryDisk disk;
  EffectOrder first{{}, *block_target("192.0.2.7"), {}, {}};
  auto second = first;
  first.id.data.fill(1);
  second.id.data.fill(2);
  {
    auto edl = Edl::open(disk, "edl.txt");
    REQUIRE(edl);
    REQUIRE((*edl)->do_effect(first));
    REQUIRE((*edl)->do_effect(second));
    CHECK((*edl)->content() == "192.0.2.7\n");
  }
  disk.files.erase("edl.txt");  // A crash between ledger and list.
  auto edl = Edl::open(disk, "edl.txt");
  REQUIRE(edl);
  CHECK(text_of(*disk.files["edl.txt"]) == "192.0.2.7\n");
  CHECK((*edl)->probe(first.id) == Presence::present);
  REQUIRE((*edl)->undo(first.id));
  CHECK((*edl)->content() == "192.0.2.7\n");
  REQUIRE((*edl)->undo(second.id));
  REQUIRE((*edl)->undo(second.id));
  CHECK(text_of(*disk.files["edl.txt"]).empty());
  CHECK((*edl)->probe(first.id) == Presence::absent);
  CHECK_FALSE((*edl)->takes(mesh::IndicatorType::sha256));
}

}  // namespace tocsin::playbooks
