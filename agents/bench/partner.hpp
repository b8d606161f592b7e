// The other end of a measurement: a second loop on its own thread, reached over real sockets.
#pragma once

#include "agents/bench/counted_network.hpp"
#include "mesh/sync/node.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

/// What the partner is given: a World of its own, with the clock of the first so that both ends'
/// instants compare.
struct PartnerWorld {
  mesh::World& world;
  CountedNetwork& network;  ///< the same as world.network
};

/// Lives one life and gives its result to the loop of the first. Destruction waits for its end,
/// so a life bounds its own waits. Lifetime: `first` outlives it; what a life makes on its world
/// is gone when it ends.
template <typename T>
class Partner {
 public:
  using Life = std::function<mesh::Task<Result<T>>(PartnerWorld)>;

  Partner(mesh::World& first, Life life) : first_(first), ended_(first.loop) {
    thread_ = first_.workers.make("partner");
    thread_->run([this, life = std::move(life)] { live(life); });
  }
  Partner(const Partner&) = delete;

  /// On the loop of the first, once.
  mesh::Task<Result<T>> result() {
    while (!result_) co_await ended_.wait();
    co_return std::move(*result_);
  }

 private:
  void live(const Life& life) {
    auto out = std::make_shared<std::optional<Result<T>>>();
    {
      mesh::RealWorld machine;
      machine.log().set_level(mesh::Level::warning);
      auto& own = machine.world();
      CountedNetwork network(own.network);
      mesh::World world{first_.clock, own.entropy,   own.loop, own.disk, network,
                        own.workers,  own.processes, own.log};
      out->emplace(machine.complete(life({world, network})));
    }
    first_.loop.post([this, out, alive = std::weak_ptr<bool>(alive_)] {
      if (alive.expired()) return;
      result_ = std::move(*out);
      ended_.set();
    });
  }

  mesh::World& first_;
  mesh::Event ended_;
  std::optional<Result<T>> result_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<mesh::Worker> thread_;  // Last: its job refers to the others.
};

/// Completes once a session with `org` is up. Errors: timeout.
mesh::Task<Result<void>> wait_for_peer(mesh::World& world, const mesh::Node& node, std::string org);

}  // namespace tocsin::agents::bench
