#include "agents/bench/counted_network.hpp"

namespace tocsin::agents::bench {
namespace {

class CountedStream final : public mesh::Stream {
 public:
  CountedStream(std::unique_ptr<mesh::Stream> stream, std::uint64_t& bytes)
      : stream_(std::move(stream)), bytes_(bytes) {}
  mesh::Task<Result<std::size_t>> read_some(MutableByteView out, Duration timeout) override {
    auto reading = stream_->read_some(out, timeout);
    auto read = co_await reading;
    if (read) bytes_ += *read;
    co_return read;
  }
  mesh::Task<Result<void>> write(ByteView bytes, Duration timeout) override {
    bytes_ += bytes.size();
    return stream_->write(bytes, timeout);
  }
  void close() override { stream_->close(); }
  mesh::Address remote() const override { return stream_->remote(); }
  Result<mesh::PeerCredentials> credentials() const override { return stream_->credentials(); }

 private:
  std::unique_ptr<mesh::Stream> stream_;
  std::uint64_t& bytes_;
};

}  // namespace

mesh::Task<Result<std::unique_ptr<mesh::Stream>>> CountedNetwork::connect(mesh::Address to,
                                                                          Duration timeout) {
  auto connecting = network_.connect(std::move(to), timeout);
  auto stream = co_await connecting;
  if (!stream) co_return std::unexpected(stream.error());
  co_return std::make_unique<CountedStream>(std::move(*stream), bytes_);
}

}  // namespace tocsin::agents::bench
