#include "agents/siem/syslog_listen.hpp"

#include "agents/siem/syslog_framing.hpp"

namespace tocsin::agents {

namespace {

constexpr Duration accept_retry = std::chrono::milliseconds(100);
constexpr std::size_t read_bytes = 64 * 1024;
/// Forwarders may be silent for long; a silent one gives way only when all places are taken.
constexpr Duration read_wait = std::chrono::hours(24);
constexpr Duration silence_min = std::chrono::minutes(1);

struct SyslogConnections {
  std::shared_ptr<Intake> intake;
  std::unique_ptr<mesh::Listener> listener;
  std::map<mesh::Stream*, mesh::Instant> last_read;

  /// Makes room for one more by closing the one that was silent longest. False: no room.
  bool admit() {
    if (last_read.size() < input_connections_max) return true;
    auto oldest = last_read.begin();
    for (auto at = last_read.begin(); at != last_read.end(); ++at)
      if (at->second < oldest->second) oldest = at;
    if (intake->world.clock.now() - oldest->second < silence_min) return false;
    oldest->first->close();
    last_read.erase(oldest);
    return true;
  }
};

/// A connection's entry, taken out whichever way its coroutine ends.
struct Entry {
  SyslogConnections& all;
  mesh::Stream* stream;
  ~Entry() { all.last_read.erase(stream); }
};

/// Hands over every frame that is complete. False when the connection shall end.
mesh::Task<bool> drain(std::shared_ptr<Intake> intake, SyslogFraming& framing) {
  for (;;) {
    std::vector<RawEvent> events;
    bool more = false;
    while (auto frame = framing.next()) {
      if (frame->rejected.empty()) events.push_back(intake->event(frame->text));
      else intake->reject(frame->rejected);
      more = events.size() == events_per_take_max;
      if (more) break;
    }
    auto delivering = deliver_all(intake, events);
    const bool taken = co_await delivering;
    if (!taken || framing.broken()) co_return false;
    if (!more) co_return true;
  }
}

mesh::Task<void> serve_syslog(std::shared_ptr<SyslogConnections> all,
                              std::unique_ptr<mesh::Stream> stream) {
  const auto& intake = all->intake;
  const Entry entry{*all, stream.get()};
  SyslogFraming framing(intake->config.event_bytes_max);
  Bytes chunk(read_bytes);
  for (;;) {
    const auto count = co_await stream->read_some(chunk, read_wait);
    if (intake->stopped) break;
    if (!count) {
      if (const auto last = framing.finish()) {
        std::vector<RawEvent> events;
        if (last->rejected.empty()) events.push_back(intake->event(last->text));
        else intake->reject(last->rejected);
        auto delivering = deliver_all(intake, events);
        co_await delivering;
      }
      break;
    }
    if (const auto at = all->last_read.find(stream.get()); at != all->last_read.end())
      at->second = intake->world.clock.now();
    framing.feed(ByteView(chunk).first(*count));
    auto draining = drain(intake, framing);
    const bool goes_on = co_await draining;
    if (!goes_on) break;
  }
  stream->close();
}

mesh::Task<void> accept_syslog(std::shared_ptr<SyslogConnections> all) {
  const auto& intake = all->intake;
  for (;;) {
    auto stream = co_await all->listener->accept();
    if (intake->stopped) co_return;
    if (!stream) {
      if (stream.error().code == Errc::closed) co_return;
      co_await mesh::sleep(intake->world.loop, accept_retry);
      continue;
    }
    if (!all->admit()) {
      intake->reject("too many connections");
      (*stream)->close();
      continue;
    }
    all->last_read[stream->get()] = intake->world.clock.now();
    intake->world.loop.spawn(serve_syslog(all, std::move(*stream)));
  }
}

class SyslogTcp final : public Input {
 public:
  explicit SyslogTcp(std::shared_ptr<SyslogConnections> all) : all_(std::move(all)) {
    all_->intake->world.loop.spawn(accept_syslog(all_));
  }
  ~SyslogTcp() override {
    all_->intake->stopped = true;
    all_->listener->close();
    const auto open = std::exchange(all_->last_read, {});
    for (const auto& [stream, last] : open) stream->close();
  }
  InputStatus status() const override { return all_->intake->status; }

 private:
  std::shared_ptr<SyslogConnections> all_;
};

struct SyslogSocket {
  std::shared_ptr<Intake> intake;
  std::unique_ptr<mesh::DatagramSocket> socket;
};

std::string_view message_in(ByteView datagram) {
  auto text = text_of(datagram);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '\0'))
    text.remove_suffix(1);
  return text;
}

mesh::Task<void> receive_syslog(std::shared_ptr<SyslogSocket> here) {
  const auto& intake = here->intake;
  for (;;) {
    auto datagram = co_await here->socket->receive();
    if (intake->stopped) co_return;
    if (!datagram) {
      if (datagram.error().code == Errc::closed) co_return;
      co_await mesh::sleep(intake->world.loop, accept_retry);
      continue;
    }
    const auto text = message_in(datagram->bytes);
    if (text.empty()) {
      intake->reject("empty datagram");
      continue;
    }
    const RawEvent event = intake->event(text);
    auto delivering = deliver_all(intake, std::span(&event, 1));
    const bool taken = co_await delivering;
    if (!taken) co_return;
  }
}

class SyslogUdp final : public Input {
 public:
  explicit SyslogUdp(std::shared_ptr<SyslogSocket> here) : here_(std::move(here)) {
    here_->intake->world.loop.spawn(receive_syslog(here_));
  }
  ~SyslogUdp() override {
    here_->intake->stopped = true;
    here_->socket->close();
  }
  InputStatus status() const override { return here_->intake->status; }

 private:
  std::shared_ptr<SyslogSocket> here_;
};

}  // namespace

Result<std::unique_ptr<Input>> listen_syslog_tcp(std::shared_ptr<Intake> intake) {
  auto listener = intake->world.network.listen({intake->config.listen});
  if (!listener) return std::unexpected(std::move(listener.error()));
  intake->status.listen = (*listener)->address().text;
  auto all = std::make_shared<SyslogConnections>(std::move(intake), std::move(*listener));
  return std::make_unique<SyslogTcp>(std::move(all));
}

Result<std::unique_ptr<Input>> listen_syslog_udp(std::shared_ptr<Intake> intake) {
  auto socket = intake->world.network.bind_datagrams({intake->config.listen});
  if (!socket) return std::unexpected(std::move(socket.error()));
  intake->status.listen = (*socket)->address().text;
  auto here = std::make_shared<SyslogSocket>(std::move(intake), std::move(*socket));
  return std::make_unique<SyslogUdp>(std::move(here));
}

}  // namespace tocsin::agents
