#include "agents/bench/scratch.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("a scratch folder is gone afterwards, with what is in it") {
  mesh::RealWorld machine;
  auto& world = machine.world();
  mesh::Path folder;
  {
    const auto scratch = Scratch::make(world);
    REQUIRE(scratch);
    folder = scratch->folder();
    REQUIRE(world.disk.make_folders(folder / "inner", mesh::FileMode::secret));
    REQUIRE(world.disk.write_atomic(folder / "inner" / "file", bytes_of("x"),
                                    mesh::FileMode::secret));
  }
  CHECK_FALSE(world.disk.exists(folder));
}
