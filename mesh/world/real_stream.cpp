#include "mesh/world/real_stream.hpp"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace tocsin::mesh {

namespace asio = boost::asio;

namespace {

class RealStream final : public Stream {
 public:
  RealStream(RealLoop& loop, std::shared_ptr<StreamSocket> socket, Address remote,
             bool is_unix)
      : loop_(loop),
        socket_(std::move(socket)),
        remote_(std::move(remote)),
        unix_(is_unix) {}
  ~RealStream() override { close(); }

  Task<Result<std::size_t>> read_some(MutableByteView out, Duration timeout) override {
    const auto operation = begin();
    socket_->async_read_some(asio::buffer(out.data(), out.size()),
                             completion_of(operation));
    Finish finish(loop_, operation, timeout);
    co_await finish;
    if (operation->error) co_return error_of(*operation, "read");
    co_return operation->size;
  }
  Task<Result<void>> write(ByteView bytes, Duration timeout) override {
    const auto operation = begin();
    asio::async_write(*socket_, asio::buffer(bytes.data(), bytes.size()),
                      completion_of(operation));
    Finish finish(loop_, operation, timeout);
    co_await finish;
    if (operation->error) co_return error_of(*operation, "write");
    co_return Result<void>{};
  }
  void close() override {
    boost::system::error_code ignored;
    socket_->close(ignored);
  }
  Address remote() const override { return remote_; }
  Result<PeerCredentials> credentials() const override {
    if (!unix_)
      return fail(Errc::unsupported, "only a Unix socket tells who its peer is");
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket_->native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
      return fail(Errc::io, "peer credentials: {}", std::strerror(errno));
    return PeerCredentials{who.uid, who.gid, who.pid};
  }

 private:
  std::shared_ptr<Operation> begin() {
    auto operation = std::make_shared<Operation>();
    operation->socket = socket_;
    return operation;
  }
  RealLoop& loop_;
  std::shared_ptr<StreamSocket> socket_;
  Address remote_;
  bool unix_;
};

}  // namespace

std::unique_ptr<Stream> make_real_stream(RealLoop& loop,
                                         std::shared_ptr<StreamSocket> socket,
                                         Address remote) {
  boost::system::error_code error;
  const auto peer = socket->remote_endpoint(error);
  const bool is_unix = remote.text.starts_with("unix:");
  if (!is_unix) {
    socket->set_option(asio::ip::tcp::no_delay(true), error);
    asio::ip::tcp::endpoint tcp;
    if (peer.size() <= tcp.capacity()) {
      std::memcpy(tcp.data(), peer.data(), peer.size());
      remote = address_of(tcp);
    }
  }
  return std::make_unique<RealStream>(loop, std::move(socket), std::move(remote),
                                      is_unix);
}

}  // namespace tocsin::mesh
