// The program itself, for tests that run it as agents.
#pragma once

#include "mesh/world/real_world.hpp"
#include "tests/source_root.hpp"

namespace tocsin::tests {

/// Built beside the tests: BUILD/tocsin, where this runs as BUILD/tests/agents/test_agents.
inline mesh::Path tocsin_program(mesh::RealWorld& machine) {
  auto folder = machine.world().processes.own_program().parent_path();
  return folder.parent_path().parent_path() / "tocsin";
}

}  // namespace tocsin::tests
