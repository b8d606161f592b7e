#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("attack 18: a program that is started gets each argument as it is, and no shell runs") {
  RealWorld real;
  const tests::ScratchFolder scratch;
  const auto out = scratch.path() / "out";
  const auto child = real.world().processes.start(
      {{"/bin/echo", "$(echo ran)", "`echo ran`", ";", "echo", "a  b", "> file", "$HOME", "*"},
       {},
       out});
  REQUIRE(child);
  REQUIRE(real.complete((*child)->wait(std::chrono::seconds(10))).value() == 0);
  CHECK(text_of(real.world().disk.read(out, 1000).value()) ==
        "$(echo ran) `echo ran` ; echo a  b > file $HOME *\n");
}
