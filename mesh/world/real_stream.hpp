// One connected socket as a Stream. For real_* sources only: it includes Asio.
#pragma once

#include "mesh/world/network.hpp"
#include "mesh/world/real_operation.hpp"

namespace tocsin::mesh {

/// `[v6]:port` or `v4:port`; an IPv4 address mapped into IPv6 is shown as IPv4.
template <typename Endpoint>
Address address_of(const Endpoint& endpoint) {
  auto ip = endpoint.address();
  if (ip.is_v6() && ip.to_v6().is_v4_mapped())
    return {fmt::format("{}.{}.{}.{}:{}", ip.to_v6().to_bytes()[12],
                        ip.to_v6().to_bytes()[13], ip.to_v6().to_bytes()[14],
                        ip.to_v6().to_bytes()[15], endpoint.port())};
  if (ip.is_v6()) return {fmt::format("[{}]:{}", ip.to_string(), endpoint.port())};
  return {fmt::format("{}:{}", ip.to_string(), endpoint.port())};
}

/// Takes over `socket`, which is connected. `remote` is what remote() says for a Unix
/// socket; for TCP the kernel is asked. Lifetime: `loop` outlives it.
std::unique_ptr<Stream> make_real_stream(RealLoop& loop,
                                         std::shared_ptr<StreamSocket> socket,
                                         Address remote);

}  // namespace tocsin::mesh
