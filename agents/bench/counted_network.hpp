// Counts the bytes that cross the streams of a network, to say what a connection costs.
#pragma once

#include "mesh/world/network.hpp"

namespace tocsin::agents::bench {

/// Loop thread only. Lifetime: `network` outlives it, and it outlives its streams.
class CountedNetwork final : public mesh::Network {
 public:
  explicit CountedNetwork(mesh::Network& network) : network_(network) {}

  mesh::Task<Result<std::unique_ptr<mesh::Stream>>> connect(mesh::Address to,
                                                            Duration timeout) override;
  /// What others dial is not counted.
  Result<std::unique_ptr<mesh::Listener>> listen(mesh::Address at) override {
    return network_.listen(std::move(at));
  }
  Result<std::unique_ptr<mesh::DatagramSocket>> bind_datagrams(mesh::Address at) override {
    return network_.bind_datagrams(std::move(at));
  }
  /// Read and written on the streams dialled from here.
  std::uint64_t bytes() const { return bytes_; }

 private:
  mesh::Network& network_;
  std::uint64_t bytes_ = 0;
};

}  // namespace tocsin::agents::bench
