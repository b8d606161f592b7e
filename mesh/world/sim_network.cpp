#include "mesh/world/sim_network.hpp"

namespace tocsin::mesh {

namespace {

constexpr Duration dial_again_after = std::chrono::milliseconds(500);

class SimListener final : public Listener {
 public:
  SimListener(std::shared_ptr<SimPort> port, Address address)
      : port_(std::move(port)), address_(std::move(address)) {}
  ~SimListener() override { close(); }
  Task<Result<std::unique_ptr<Stream>>> accept() override {
    while (port_->waiting.empty() && !port_->closed) co_await port_->arrived.wait();
    if (port_->closed) co_return fail(Errc::closed, "accept: the listener is closed");
    auto stream = std::move(port_->waiting.front());
    port_->waiting.pop_front();
    co_return stream;
  }
  Address address() const override { return address_; }
  void close() override {
    port_->closed = true;
    port_->waiting.clear();
    port_->arrived.set();
  }

 private:
  std::shared_ptr<SimPort> port_;
  Address address_;
};

class SimDatagramSocket final : public DatagramSocket {
 public:
  SimDatagramSocket(std::shared_ptr<SimMailbox> mailbox, Address address)
      : mailbox_(std::move(mailbox)), address_(std::move(address)) {}
  ~SimDatagramSocket() override { close(); }
  Task<Result<Datagram>> receive() override {
    while (mailbox_->waiting.empty() && !mailbox_->closed)
      co_await mailbox_->arrived.wait();
    if (mailbox_->closed) co_return fail(Errc::closed, "receive: the socket is closed");
    auto datagram = std::move(mailbox_->waiting.front());
    mailbox_->waiting.pop_front();
    co_return datagram;
  }
  Address address() const override { return address_; }
  void close() override {
    mailbox_->closed = true;
    mailbox_->arrived.set();
  }

 private:
  std::shared_ptr<SimMailbox> mailbox_;
  Address address_;
};

bool stays_inside(const Address& address) {
  return address.text.starts_with("unix:") || address.text.starts_with("127.") ||
         address.text.starts_with("localhost:");
}

/// The number of the machine with this address, or 0.
std::uint32_t machine_of(const Address& address) {
  unsigned high = 0, low = 0, port = 0;
  if (std::sscanf(address.text.c_str(), "10.0.%u.%u:%u", &high, &low, &port) != 3)
    return 0;
  return high * 250 + low;
}

}  // namespace

std::string SimNetwork::key_of(const Address& address) const {
  return stays_inside(address) ? host_ + "|" + address.text : address.text;
}

Task<Result<std::unique_ptr<Stream>>> SimNetwork::connect(Address to, Duration timeout) {
  if (const auto parsed = parse_address(to.text); !parsed)
    co_return std::unexpected(parsed.error());
  const auto self = loop_.life().machine;
  const auto target = stays_inside(to) ? self : machine_of(to);
  const auto deadline = wires_.now() + timeout;
  for (;;) {
    auto wait = wires_.draw_delay(self, target) + wires_.draw_delay(target, self);
    const bool silent =
        target == 0 || wires_.is_cut(self, target) || !wires_.is_up(target);
    if (silent) wait = dial_again_after;
    if (timeout >= Duration(0) && wires_.now() + wait > deadline) {
      co_await sleep(loop_, deadline - wires_.now());
      co_return fail(Errc::timeout, "{}: no answer in time", to.text);
    }
    co_await sleep(loop_, wait);
    // What was cut or went down while the greeting was under way is tried again.
    if (silent || wires_.is_cut(self, target) || !wires_.is_up(target)) continue;
    const auto port = wires_.find_port(key_of(to));
    const auto refused = fail(Errc::unreachable, "{}: connection refused", to.text);
    if (!port) co_return refused;
    const bool is_unix = to.text.starts_with("unix:");
    const Address from =
        is_unix ? to : Address(fmt::format("{}:{}", host_, ++last_port_));
    auto stream = wires_.connect(*port, loop_, from, to);
    if (!stream) co_return refused;
    co_return stream;
  }
}

Result<Address> SimNetwork::bound(Address at) {
  if (const auto parsed = parse_address(at.text); !parsed) return parsed;
  if (at.text.starts_with("unix:")) return at;
  auto parts = host_and_port(at);
  if (!parts) return std::unexpected(parts.error());
  if (parts->host == "0.0.0.0") parts->host = host_;
  if (parts->host != host_ && !stays_inside(at))
    return fail(Errc::io, "{}: this machine is {}", at.text, host_);
  if (parts->port == 0) parts->port = ++last_port_;
  return Address(fmt::format("{}:{}", parts->host, parts->port));
}

Result<std::unique_ptr<Listener>> SimNetwork::listen(Address at) {
  auto address = bound(std::move(at));
  if (!address) return std::unexpected(address.error());
  const auto port = wires_.open_port(key_of(*address), loop_);
  if (!port) return std::unexpected(port.error());
  return std::make_unique<SimListener>(*port, std::move(*address));
}

Result<std::unique_ptr<DatagramSocket>> SimNetwork::bind_datagrams(Address at) {
  auto address = bound(std::move(at));
  if (!address) return std::unexpected(address.error());
  const auto mailbox = wires_.open_mailbox(key_of(*address), loop_);
  if (!mailbox) return std::unexpected(mailbox.error());
  return std::make_unique<SimDatagramSocket>(*mailbox, std::move(*address));
}

}  // namespace tocsin::mesh
