#include "mesh/world/sim_connection.hpp"

#include "mesh/world/sim_wires.hpp"

namespace tocsin::mesh {

namespace {

/// Time left until a limit, on the clock of the universe; negative means for ever.
class Deadline {
 public:
  Deadline(const SimWires& wires, Duration timeout)
      : wires_(wires), endless_(timeout < Duration(0)), end_(wires.now() + timeout) {}
  Duration left() const {
    if (endless_) return Duration(-1);
    return std::max(Duration(0), end_ - wires_.now());
  }

 private:
  const SimWires& wires_;
  bool endless_;
  Duration end_;
};

class SimStream final : public Stream {
 public:
  SimStream(SimWires& wires, std::shared_ptr<SimConnection> connection, int side)
      : wires_(wires), connection_(std::move(connection)), side_(side) {}
  ~SimStream() override { close(); }

  Task<Result<std::size_t>> read_some(MutableByteView out, Duration timeout) override {
    const Deadline deadline(wires_, timeout);
    for (;;) {
      auto& end = own();
      if (end.closed) co_return fail(Errc::closed, "read: the connection is closed");
      if (end.inbox.size() > end.inbox_read) co_return take(end, out);
      if (end.peer_ended) co_return fail(Errc::closed, "read: the connection is closed");
      const bool woken = co_await end.readable.wait(deadline.left());
      if (!woken) co_return fail(Errc::timeout, "read: no answer in time");
    }
  }
  Task<Result<void>> write(ByteView bytes, Duration timeout) override {
    const Deadline deadline(wires_, timeout);
    while (!bytes.empty()) {
      auto& end = own();
      if (end.closed || end.peer_ended)
        co_return fail(Errc::closed, "write: the connection is closed");
      const auto room = sim_window_bytes - end.unread_by_peer;
      if (room == 0) {
        const bool woken = co_await end.writable.wait(deadline.left());
        if (!woken) co_return fail(Errc::timeout, "write: no answer in time");
        continue;
      }
      const auto part =
          bytes.first(std::min({room, bytes.size(), sim_segment_bytes_max}));
      bytes = bytes.subspan(part.size());
      wires_.send(connection_, side_,
                  {SimSegment::What::data, Bytes(part.begin(), part.end())});
    }
    co_return Result<void>{};
  }
  void close() override {
    auto& end = own();
    if (end.closed || !end.alive()) return;
    end.closed = true;
    if (!end.peer_ended) wires_.send(connection_, side_, {SimSegment::What::end, {}});
    end.readable.set();
    end.writable.set();
  }
  Address remote() const override { return connection_->ends[side_].remote; }
  Result<PeerCredentials> credentials() const override {
    if (!connection_->is_unix)
      return fail(Errc::unsupported, "only a Unix socket tells who its peer is");
    return PeerCredentials{1000, 1000, 1};
  }

 private:
  SimEnd& own() { return connection_->ends[side_]; }
  std::size_t take(SimEnd& end, MutableByteView out) {
    const auto count = std::min(out.size(), end.inbox.size() - end.inbox_read);
    std::copy_n(end.inbox.begin() + std::ptrdiff_t(end.inbox_read), count, out.begin());
    end.inbox_read += count;
    if (end.inbox_read == end.inbox.size()) {
      end.inbox.clear();
      end.inbox_read = 0;
    }
    auto& peer = connection_->ends[1 - side_];
    peer.unread_by_peer -= count;
    if (peer.alive()) peer.writable.set();
    return count;
  }
  SimWires& wires_;
  std::shared_ptr<SimConnection> connection_;
  int side_;
};

}  // namespace

std::unique_ptr<Stream> make_sim_stream(SimWires& wires,
                                        std::shared_ptr<SimConnection> connection,
                                        int side) {
  return std::make_unique<SimStream>(wires, std::move(connection), side);
}

}  // namespace tocsin::mesh
