#include "mesh/world/real_network.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "mesh/world/real_stream.hpp"

namespace tocsin::mesh {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

using Acceptor = asio::basic_socket_acceptor<StreamProtocol>;
constexpr std::size_t datagram_bytes_max = 65535;

std::string unix_path(const Address& address) { return address.text.substr(5); }
bool is_unix(const Address& address) { return address.text.starts_with("unix:"); }

class RealListener final : public Listener {
 public:
  RealListener(RealLoop& loop, std::shared_ptr<Acceptor> acceptor, Address address)
      : loop_(loop), acceptor_(std::move(acceptor)), address_(std::move(address)) {}
  ~RealListener() override { close(); }

  Task<Result<std::unique_ptr<Stream>>> accept() override {
    const auto peer = std::make_shared<StreamSocket>(loop_.context());
    const auto operation = std::make_shared<Operation>();
    operation->socket = acceptor_;
    // The handler keeps `peer`, which Asio fills until the operation ends.
    auto handler = [operation, peer](error_code error) { operation->finish(error, 0); };
    acceptor_->async_accept(*peer, asio::bind_cancellation_slot(operation->cancel.slot(),
                                                                std::move(handler)));
    Finish finish(loop_, operation, Duration(-1));
    co_await finish;
    if (operation->error) co_return error_of(*operation, "accept");
    co_return make_real_stream(loop_, peer, address_);
  }
  Address address() const override { return address_; }
  void close() override {
    if (!acceptor_->is_open()) return;
    error_code ignored;
    acceptor_->close(ignored);
    if (is_unix(address_)) ::unlink(unix_path(address_).c_str());
  }

 private:
  RealLoop& loop_;
  std::shared_ptr<Acceptor> acceptor_;
  Address address_;
};

class RealDatagramSocket final : public DatagramSocket {
 public:
  RealDatagramSocket(RealLoop& loop, std::shared_ptr<udp::socket> socket)
      : loop_(loop), socket_(std::move(socket)) {}
  ~RealDatagramSocket() override { close(); }

  Task<Result<Datagram>> receive() override {
    const auto operation = std::make_shared<Operation>();
    operation->socket = socket_;
    udp::endpoint from;
    socket_->async_receive_from(asio::buffer(buffer_), from, completion_of(operation));
    Finish finish(loop_, operation, Duration(-1));
    co_await finish;
    if (operation->error) co_return error_of(*operation, "receive");
    const auto end = buffer_.begin() + std::ptrdiff_t(operation->size);
    co_return Datagram{address_of(from), Bytes(buffer_.begin(), end)};
  }
  Address address() const override {
    error_code ignored;
    return address_of(socket_->local_endpoint(ignored));
  }
  void close() override {
    error_code ignored;
    socket_->close(ignored);
  }

 private:
  RealLoop& loop_;
  std::shared_ptr<udp::socket> socket_;
  Bytes buffer_ = Bytes(datagram_bytes_max);
};

/// The one endpoint of a Unix or numeric address; nothing for a name.
Result<std::optional<StreamProtocol::endpoint>> numeric(const Address& to) {
  if (const auto parsed = parse_address(to.text); !parsed)
    return std::unexpected(parsed.error());
  if (is_unix(to)) return asio::local::stream_protocol::endpoint(unix_path(to));
  const auto parts = host_and_port(to);
  if (!parts) return std::unexpected(parts.error());
  error_code error;
  const auto ip = asio::ip::make_address(parts->host, error);
  if (error) return std::nullopt;
  return tcp::endpoint(ip, parts->port);
}

Task<Result<std::vector<StreamProtocol::endpoint>>> look_up(RealLoop& loop, Address to,
                                                            Duration timeout) {
  auto one = numeric(to);
  if (!one) co_return std::unexpected(one.error());
  if (*one) co_return std::vector{**one};
  const auto parts = host_and_port(to);
  const auto operation = std::make_shared<Operation>();
  const auto resolver = std::make_shared<tcp::resolver>(loop.context());
  operation->socket = resolver;
  auto handler = [operation](error_code error,
                             const tcp::resolver::results_type& results) {
    for (const auto& result : results) operation->found.emplace_back(result.endpoint());
    operation->finish(error, 0);
  };
  resolver->async_resolve(parts->host, std::to_string(parts->port), std::move(handler));
  // The system's look-up cannot be interrupted, so a late one is left behind.
  Finish finish(loop, operation, timeout, true);
  co_await finish;
  if (operation->timed_out) co_return fail(Errc::timeout, "{}: no name service", to.text);
  if (operation->error)
    co_return fail(Errc::unreachable, "{}: {}", to.text, operation->error.message());
  co_return std::move(operation->found);
}

Task<Result<std::shared_ptr<StreamSocket>>> connect_one(RealLoop& loop, Address to,
                                                        StreamProtocol::endpoint endpoint,
                                                        Duration timeout) {
  const auto socket = std::make_shared<StreamSocket>(loop.context());
  const auto operation = std::make_shared<Operation>();
  operation->socket = socket;
  socket->async_connect(endpoint, completion_of(operation));
  Finish finish(loop, operation, timeout);
  co_await finish;
  if (!operation->error) co_return socket;
  if (operation->timed_out)
    co_return fail(Errc::timeout, "{}: no answer in time", to.text);
  co_return fail(Errc::unreachable, "{}: {}", to.text, operation->error.message());
}

/// Removes a socket file that nobody listens on. Errors: io, when somebody does, or when
/// the path is something else.
Result<void> clear_stale(const std::string& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) return {};
  if (!S_ISSOCK(about.st_mode))
    return fail(Errc::io, "unix:{}: there is a file of that name that is no socket",
                path);
  asio::io_context probing;
  asio::local::stream_protocol::socket probe(probing);
  error_code error;
  probe.connect(asio::local::stream_protocol::endpoint(path), error);
  if (error != asio::error::connection_refused)
    return fail(Errc::io, "unix:{}: somebody listens there already", path);
  ::unlink(path.c_str());
  return {};
}

Result<StreamProtocol::endpoint> listening_endpoint(RealLoop& loop, const Address& at) {
  const auto one = numeric(at);
  if (!one) return std::unexpected(one.error());
  if (*one) return **one;
  const auto parts = host_and_port(at);
  error_code error;
  tcp::resolver resolver(loop.context());
  const auto found = resolver.resolve(parts->host, std::to_string(parts->port),
                                      tcp::resolver::passive, error);
  if (error || found.empty()) return fail(Errc::io, "{}: {}", at.text, error.message());
  return StreamProtocol::endpoint(found.begin()->endpoint());
}

/// Opens, binds and listens. A Unix socket refuses everybody until listen(), so its mode
/// is set before anyone can get in.
error_code open_acceptor(Acceptor& acceptor, const StreamProtocol::endpoint& endpoint,
                         const Address& at) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error && !is_unix(at)) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error && is_unix(at) && ::chmod(unix_path(at).c_str(), 0600) != 0)
    error = error_code(errno, boost::system::system_category());
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> RealNetwork::connect(Address to, Duration timeout) {
  using Steady = std::chrono::steady_clock;
  const auto deadline = Steady::now() + timeout;
  const auto left = [&]() -> Duration {
    if (timeout < Duration(0)) return Duration(-1);
    return std::max(Duration(0), Duration(deadline - Steady::now()));
  };
  const auto endpoints = co_await look_up(loop_, to, timeout);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  Error last{Errc::unreachable, fmt::format("{}: no address", to.text)};
  for (const auto& endpoint : *endpoints) {
    auto socket = co_await connect_one(loop_, to, endpoint, left());
    if (socket) co_return make_real_stream(loop_, std::move(*socket), to);
    last = socket.error();
    if (last.code == Errc::timeout) break;
  }
  co_return std::unexpected(last);
}

Result<std::unique_ptr<Listener>> RealNetwork::listen(Address at) {
  const auto endpoint = listening_endpoint(loop_, at);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (is_unix(at))
    if (const auto cleared = clear_stale(unix_path(at)); !cleared)
      return std::unexpected(cleared.error());
  const auto acceptor = std::make_shared<Acceptor>(loop_.context());
  if (const auto error = open_acceptor(*acceptor, *endpoint, at))
    return fail(Errc::io, "{}: cannot listen: {}", at.text, error.message());
  if (!is_unix(at)) {
    error_code ignored;
    const auto bound = acceptor->local_endpoint(ignored);
    tcp::endpoint local;
    std::memcpy(local.data(), bound.data(), std::min(bound.size(), local.capacity()));
    at = address_of(local);
  }
  return std::make_unique<RealListener>(loop_, acceptor, std::move(at));
}

Result<std::unique_ptr<DatagramSocket>> RealNetwork::bind_datagrams(Address at) {
  const auto parts = host_and_port(at);
  if (!parts) return std::unexpected(parts.error());
  error_code error;
  udp::resolver resolver(loop_.context());
  const auto found = resolver.resolve(parts->host, std::to_string(parts->port),
                                      udp::resolver::passive, error);
  if (error || found.empty()) return fail(Errc::io, "{}: {}", at.text, error.message());
  const udp::endpoint endpoint = found.begin()->endpoint();
  const auto socket = std::make_shared<udp::socket>(loop_.context());
  socket->open(endpoint.protocol(), error);
  if (!error) socket->bind(endpoint, error);
  if (error) return fail(Errc::io, "{}: cannot receive: {}", at.text, error.message());
  return std::make_unique<RealDatagramSocket>(loop_, socket);
}

}  // namespace tocsin::mesh
