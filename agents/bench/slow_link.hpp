// A link of limited rate and great length, as a relay on the loopback: for machines whose kernel
// has no queueing discipline that delays.
#pragma once

#include <deque>

#include "agents/bench/pace.hpp"
#include "mesh/world/task_set.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::agents::bench {

/// What dials it reaches `to`, over one link that all connections share. Loop thread only.
/// Lifetime: `world` outlives it.
class SlowLink {
 public:
  struct Options {
    std::uint64_t bytes_per_s = 0;
    Duration one_way{};
  };
  /// Errors: as Network::listen.
  static Result<std::unique_ptr<SlowLink>> open(mesh::World& world, std::string to,
                                                Options options);
  SlowLink(const SlowLink&) = delete;
  const std::string& address() const { return address_; }
  /// Carried to those that dialled, so far.
  std::uint64_t bytes_back() const { return back_.bytes; }

  static constexpr std::size_t piece_max = 16 * 1024;

 private:
  struct Direction {
    Pace pace;
    std::uint64_t bytes = 0;
  };
  struct Connection;
  struct Way;
  SlowLink(mesh::World& world, std::string to, Options options);
  mesh::Task<void> accept_all();
  mesh::Task<void> join(std::unique_ptr<mesh::Stream> dialled);
  // A way is shared with its connection, which lives until both its ways have ended.
  mesh::Task<void> take_in(std::shared_ptr<Way> way);
  mesh::Task<void> give_out(std::shared_ptr<Way> way);

  mesh::World& world_;
  std::string to_, address_;
  Direction forth_, back_;
  std::unique_ptr<mesh::Listener> listener_;
  mesh::TaskSet tasks_;  // Last: its coroutines refer to all of the above.
};

}  // namespace tocsin::agents::bench
