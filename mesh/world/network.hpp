// Streams, listeners and datagrams, with a time limit on every wait.
#pragma once

#include <memory>
#include <string>

#include "crypto/bytes.hpp"
#include "mesh/world/clock.hpp"
#include "mesh/world/task.hpp"

namespace tocsin::mesh {

/// `host:port`, `[v6]:port`, or `unix:PATH`.
struct Address {
  std::string text;
  Address() = default;
  // Not an aggregate: GCC 12 destroys an aggregate temporary twice inside a co_await expression.
  Address(std::string from) : text(std::move(from)) {}
  auto operator<=>(const Address&) const = default;
};
/// Errors: invalid, saying which part is wrong.
Result<Address> parse_address(std::string_view text);

struct HostPort {
  std::string host;  ///< a name, an IPv4 address or an IPv6 address without brackets
  std::uint16_t port = 0;
};
/// Errors: invalid, also for a Unix address.
Result<HostPort> host_and_port(const Address& address);

/// Who is at the other end of a Unix socket, as the kernel says.
struct PeerCredentials {
  std::uint32_t uid = 0, gid = 0;
  std::int32_t pid = 0;
};

/// A two-way byte stream. One read and one write may be under way at a time. All on the loop.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Fills a prefix of `out`, at least one byte. Errors: closed, timeout, io. `out` must live
  /// until the task completes; so must the Stream. A negative time-out means none, here and below.
  virtual Task<Result<std::size_t>> read_some(MutableByteView out, Duration timeout) = 0;
  /// Writes all of `bytes`. Errors: closed, timeout, io; after any of them an unknown part has
  /// left, so the stream is of no further use.
  virtual Task<Result<void>> write(ByteView bytes, Duration timeout) = 0;
  /// Ends both directions; pending operations complete with `closed`.
  virtual void close() = 0;
  virtual Address remote() const = 0;
  /// Only on Unix sockets.
  virtual Result<PeerCredentials> credentials() const = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  /// Errors: closed, io (also: out of descriptors; the caller waits and tries again).
  virtual Task<Result<std::unique_ptr<Stream>>> accept() = 0;
  virtual Address address() const = 0;  ///< with the real port when 0 was asked for
  virtual void close() = 0;
};

struct Datagram {
  Address from;
  Bytes bytes;
};

class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;
  /// Errors: closed, io. A datagram over 65,535 bytes cannot exist.
  virtual Task<Result<Datagram>> receive() = 0;
  virtual Address address() const = 0;
  virtual void close() = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  /// Errors: unreachable, timeout, invalid (address).
  virtual Task<Result<std::unique_ptr<Stream>>> connect(Address to, Duration timeout) = 0;
  /// Errors: io (in use, no permission), invalid. A Unix socket is made with mode 0600 and
  /// replaces a stale one that nobody listens on.
  virtual Result<std::unique_ptr<Listener>> listen(Address at) = 0;
  virtual Result<std::unique_ptr<DatagramSocket>> bind_datagrams(Address at) = 0;
};

/// Reads exactly `out.size()` bytes. Errors: as Stream::read_some.
Task<Result<void>> read_exactly(Stream& stream, MutableByteView out, Duration timeout);

}  // namespace tocsin::mesh
