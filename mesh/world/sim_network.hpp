// The network as one life of a simulated machine sees it.
#pragma once

#include "mesh/world/sim_wires.hpp"

namespace tocsin::mesh {

/// Knows addresses of the form `10.0.0.n:port`, `127.0.0.1:port`, `0.0.0.0:port` and
/// `unix:PATH`; the last three stay inside the machine, save that listening on 0.0.0.0 is
/// listening on the machine's own address. Lifetime: `wires` and `loop` outlive it.
class SimNetwork final : public Network {
 public:
  SimNetwork(SimWires& wires, SimLoop& loop, std::string host)
      : wires_(wires), loop_(loop), host_(std::move(host)) {}
  Task<Result<std::unique_ptr<Stream>>> connect(Address to, Duration timeout) override;
  Result<std::unique_ptr<Listener>> listen(Address at) override;
  Result<std::unique_ptr<DatagramSocket>> bind_datagrams(Address at) override;

 private:
  /// Where an address is registered: as it is when others can reach it, else with the
  /// machine.
  std::string key_of(const Address& address) const;
  Result<Address> bound(Address at);

  SimWires& wires_;
  SimLoop& loop_;
  std::string host_;
  std::uint16_t last_port_ = 40000;
};

}  // namespace tocsin::mesh
