#include "agents/bench/partner.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration look_again = std::chrono::milliseconds(2);
constexpr Duration peer_max = std::chrono::seconds(20);

}  // namespace

mesh::Task<Result<void>> wait_for_peer(mesh::World& world, const mesh::Node& node,
                                       std::string org) {
  const auto end = world.clock.now() + peer_max;
  while (!node.reachable(org)) {
    if (world.clock.now() > end) co_return fail(Errc::timeout, "bench: no session with {}", org);
    co_await mesh::sleep(world.loop, look_again);
  }
  co_return Result<void>{};
}

}  // namespace tocsin::agents::bench
