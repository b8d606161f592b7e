// Sockets of this machine, driven by the loop's Asio context.
#pragma once

#include "mesh/world/network.hpp"
#include "mesh/world/real_loop.hpp"

namespace tocsin::mesh {

/// TCP without delay of small writes. Lifetime: `loop` outlives it and all that it makes.
class RealNetwork final : public Network {
 public:
  explicit RealNetwork(RealLoop& loop) : loop_(loop) {}
  /// A host name is looked up; its addresses are tried in turn within `timeout`.
  Task<Result<std::unique_ptr<Stream>>> connect(Address to, Duration timeout) override;
  /// A host name is looked up at once, holding up the loop: for start-up only.
  Result<std::unique_ptr<Listener>> listen(Address at) override;
  Result<std::unique_ptr<DatagramSocket>> bind_datagrams(Address at) override;

 private:
  RealLoop& loop_;
};

}  // namespace tocsin::mesh
