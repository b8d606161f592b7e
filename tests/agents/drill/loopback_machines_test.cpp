#include "agents/drill/loopback_machines.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::tests;
using agents::drill::LoopbackMachines;

TEST_CASE("each organisation gets a folder and a port of its own on this machine") {
  ScratchFolder folder;
  mesh::RealWorld real;
  LoopbackMachines machines(real.world(), folder.path());
  const auto delos = machines.add("delos"), bleu = machines.add("bleu");
  REQUIRE(delos);
  REQUIRE(bleu);
  CHECK((*delos)->mesh_address() != (*bleu)->mesh_address());
  CHECK((*delos)->mesh_address().text.starts_with("127.0.0.1:"));
  CHECK((*delos)->folder() == folder.path() / "delos");
  CHECK(machines.trace().empty());
}

TEST_CASE("a program that is no agent ends, and what it said is told") {
  ScratchFolder folder;
  mesh::RealWorld real;
  LoopbackMachines machines(real.world(), folder.path());
  const auto machine = machines.add("delos");
  REQUIRE(machine);
  REQUIRE(real.world().disk.make_folders((*machine)->folder(), mesh::FileMode::secret));
  CHECK_FALSE((*machine)->running());
  // The test program itself, which knows no `agent run`.
  REQUIRE((*machine)->start((*machine)->folder() / "home"));
  const auto killed = real.complete((*machine)->kill());
  CHECK(killed);
  CHECK_FALSE((*machine)->running());
  REQUIRE((*machine)->start((*machine)->folder() / "home"));
  real.complete((*machine)->stop());
  CHECK_FALSE((*machine)->running());
  CHECK((*machine)->log_tail().size() <= agents::drill::log_tail_bytes);
}

TEST_CASE("an agent that does not run has no link to cut") {
  ScratchFolder folder;
  mesh::RealWorld real;
  LoopbackMachines machines(real.world(), folder.path());
  REQUIRE(machines.add("delos"));
  REQUIRE(machines.add("bleu"));
  const auto cut = real.complete(machines.set_link("delos", "bleu", true));
  CHECK(cut);
}
