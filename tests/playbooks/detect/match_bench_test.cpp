#include "playbooks/detect/match_bench.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

TEST_CASE("the bench finds what was planted and nothing else") {
  mesh::RealWorld world;
  const auto out = run_match_bench(world.world(), 30000, 30000, 7);
  REQUIRE(out);
  CHECK(out->false_hits == 0);
  CHECK(out->missed_hits == 0);
  CHECK(out->hits > 150);
  CHECK(out->events_per_s > 0);
  CHECK(out->index_bytes_per_indicator > 12);
}

TEST_CASE("the bench refuses what it cannot measure") {
  mesh::RealWorld world;
  CHECK(run_match_bench(world.world(), 1, 10, 7).error().code == Errc::usage);
  CHECK(run_match_bench(world.world(), 1000, 0, 7).error().code == Errc::usage);
}
