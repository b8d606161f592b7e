#include "agents/bench/partner.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

namespace {

mesh::Task<Result<int>> far_life(PartnerWorld place, mesh::World* first) {
  co_await mesh::sleep(place.world.loop, Duration(0));
  co_return &place.world.loop != &first->loop ? 42 : 0;
}
mesh::Task<Result<int>> near_life(mesh::World& world) {
  Partner<int> far(world, [&world](PartnerWorld place) { return far_life(place, &world); });
  auto ending = far.result();
  co_return co_await ending;
}

}  // namespace

TEST_CASE("a partner lives on a loop of its own and gives back its result") {
  mesh::RealWorld machine;
  const auto out = machine.complete(near_life(machine.world()));
  REQUIRE(out);
  CHECK(*out == 42);
}
