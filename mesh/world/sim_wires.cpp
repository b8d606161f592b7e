#include "mesh/world/sim_wires.hpp"

namespace tocsin::mesh {

using namespace std::chrono_literals;

namespace {

constexpr Duration inside_machine = 50us;

std::pair<std::uint32_t, std::uint32_t> ordered(std::uint32_t a, std::uint32_t b) {
  return {std::min(a, b), std::max(a, b)};
}

}  // namespace

const SimLink& SimWires::link(std::uint32_t a, std::uint32_t b) const {
  const auto found = links_.find(ordered(a, b));
  return found == links_.end() ? universe_.faults().link : found->second;
}

void SimWires::set_link(std::uint32_t a, std::uint32_t b, SimLink link) {
  links_[ordered(a, b)] = link;
}

void SimWires::cut(const Machines& a, const Machines& b, SimCut how) {
  for (const auto one : a) {
    for (const auto other : b) {
      if (one == other) continue;
      cuts_[ordered(one, other)] = how;
      if (how == SimCut::reset) reset_all(one, other);
    }
  }
}

void SimWires::heal() {
  cuts_.clear();
  release_held();
}

void SimWires::heal(const Machines& a, const Machines& b) {
  for (const auto one : a)
    for (const auto other : b) cuts_.erase(ordered(one, other));
  release_held();
}

bool SimWires::is_cut(std::uint32_t a, std::uint32_t b) const {
  return cuts_.contains(ordered(a, b));
}

void SimWires::release_held() {
  for (const auto& connection : connections()) {
    const auto& ends = connection->ends;
    if (is_cut(ends[0].loop.life().machine, ends[1].loop.life().machine)) continue;
    for (const int side : {0, 1})
      for (auto& segment : std::exchange(connection->ends[side].held, {}))
        dispatch(connection, side, std::move(segment));
  }
}

void SimWires::reset_all(std::uint32_t a, std::uint32_t b) {
  for (const auto& connection : connections()) {
    const auto& ends = connection->ends;
    if (ordered(ends[0].loop.life().machine, ends[1].loop.life().machine) ==
        ordered(a, b))
      reset(*connection);
  }
}

void SimWires::reset(SimConnection& connection) {
  for (auto& end : connection.ends) {
    end.held.clear();
    if (!end.alive()) continue;
    end.inbox.clear();
    end.inbox_read = 0;
    end.peer_ended = true;
    end.readable.set();
    end.writable.set();
  }
}

/// Those that still live, oldest first; the others are forgotten.
std::vector<std::shared_ptr<SimConnection>> SimWires::connections() {
  std::vector<std::shared_ptr<SimConnection>> out;
  std::erase_if(connections_, [&](const auto& weak) {
    auto connection = weak.lock();
    if (!connection) return true;
    out.push_back(std::move(connection));
    return false;
  });
  return out;
}

Duration SimWires::draw_delay(std::uint32_t from, std::uint32_t to) {
  auto& chance = universe_.chance();
  if (from == to) return inside_machine;
  const auto& settings = link(from, to);
  const auto delay = settings.delay + chance.between(Duration(0), settings.jitter);
  return chance.happens(settings.stall) ? delay + chance.between(200ms, 1200ms) : delay;
}

void SimWires::send(const std::shared_ptr<SimConnection>& connection, int side,
                    SimSegment segment) {
  auto& end = connection->ends[side];
  end.unread_by_peer += segment.bytes.size();
  segment.number = end.next_sent++;
  const auto from = end.loop.life().machine;
  const auto to = connection->ends[1 - side].loop.life().machine;
  if (is_cut(from, to))
    end.held.push_back(std::move(segment));
  else
    dispatch(connection, side, std::move(segment));
}

void SimWires::dispatch(const std::shared_ptr<SimConnection>& connection, int side,
                        SimSegment segment) {
  auto& end = connection->ends[side];
  const auto from = end.loop.life().machine;
  const auto to = connection->ends[1 - side].loop.life().machine;
  const auto arrival = std::max(now() + draw_delay(from, to), end.last_arrival);
  end.last_arrival = arrival;
  if (from != to && universe_.chance().happens(link(from, to).reset))
    segment = {SimSegment::What::reset, {}, segment.number};
  const auto size = segment.bytes.size();
  auto deliver = [this, connection, side, segment = std::move(segment)]() mutable {
    arrive(connection, side, std::move(segment));
  };
  universe_.schedule(arrival - now(), nullptr, to, SimKind::segment, size,
                     std::move(deliver));
}

void SimWires::arrive(const std::shared_ptr<SimConnection>& connection, int side,
                      SimSegment segment) {
  auto& sender = connection->ends[side];
  auto& receiver = connection->ends[1 - side];
  const auto from = sender.loop.life().machine, to = receiver.loop.life().machine;
  if (is_cut(from, to)) {
    sender.held.push_back(std::move(segment));
    return;
  }
  universe_.fold(SimKind::segment, to, segment.bytes);
  // A machine that has started anew knows nothing of the stream and says so; one that is
  // down says nothing.
  if (!receiver.alive()) {
    if (universe_.machine_up(to)) reset(*connection);
    return;
  }
  // What came before a reset may be lost for good, so it waits for nothing.
  if (segment.what == SimSegment::What::reset) return reset(*connection);
  receiver.early.emplace(segment.number, std::move(segment));
  for (auto at = receiver.early.begin();
       at != receiver.early.end() && at->first == receiver.next_taken;
       at = receiver.early.erase(at), ++receiver.next_taken)
    take(*connection, receiver, at->second);
}

void SimWires::take(SimConnection& connection, SimEnd& receiver,
                    const SimSegment& segment) {
  switch (segment.what) {
    case SimSegment::What::data:
      if (receiver.closed || receiver.peer_ended) return reset(connection);
      receiver.inbox.insert(receiver.inbox.end(), segment.bytes.begin(),
                            segment.bytes.end());
      receiver.readable.set();
      return;
    case SimSegment::What::end:
      receiver.peer_ended = true;
      receiver.readable.set();
      receiver.writable.set();
      return;
    case SimSegment::What::reset:
      reset(connection);
      return;
  }
}

Result<std::shared_ptr<SimPort>> SimWires::open_port(const std::string& key,
                                                     SimLoop& loop) {
  if (find_port(key))
    return fail(Errc::io, "{}: cannot listen: address already in use", key);
  const auto port = std::make_shared<SimPort>(loop);
  ports_[key] = port;
  return port;
}

std::shared_ptr<SimPort> SimWires::find_port(const std::string& key) {
  const auto found = ports_.find(key);
  const auto port = found == ports_.end() ? nullptr : found->second.lock();
  return port && !port->closed && port->loop.life().alive ? port : nullptr;
}

Result<std::shared_ptr<SimMailbox>> SimWires::open_mailbox(const std::string& key,
                                                           SimLoop& loop) {
  const auto held = mailboxes_[key].lock();
  if (held && !held->closed && held->loop.life().alive)
    return fail(Errc::io, "{}: cannot receive: address already in use", key);
  const auto mailbox = std::make_shared<SimMailbox>(loop);
  mailboxes_[key] = mailbox;
  return mailbox;
}

std::unique_ptr<Stream> SimWires::connect(SimPort& port, SimLoop& dialler, Address from,
                                          Address to) {
  if (port.waiting.size() >= sim_backlog_max) return nullptr;
  const bool is_unix = to.text.starts_with("unix:");
  const auto connection =
      std::make_shared<SimConnection>(dialler, std::move(to), port.loop, std::move(from));
  connection->is_unix = is_unix;
  connections_.push_back(connection);
  port.waiting.push_back(make_sim_stream(*this, connection, 1));
  port.arrived.set();
  return make_sim_stream(*this, connection, 0);
}

void SimWires::send_datagram(std::uint32_t from, Address source, Address to,
                             Bytes bytes) {
  const auto found = mailboxes_.find(to.text);
  const auto mailbox = found == mailboxes_.end() ? nullptr : found->second.lock();
  if (!mailbox) return;
  const auto machine = mailbox->loop.life().machine;
  const bool lost = universe_.chance().happens(link(from, machine).datagram_loss);
  if (lost || is_cut(from, machine)) return;
  const auto size = bytes.size();
  auto deliver = [mailbox,
                  datagram = Datagram{std::move(source), std::move(bytes)}]() mutable {
    if (mailbox->closed || !mailbox->loop.life().alive) return;
    if (mailbox->waiting.size() >= sim_datagrams_max) return;
    mailbox->waiting.push_back(std::move(datagram));
    mailbox->arrived.set();
  };
  universe_.schedule(draw_delay(from, machine), nullptr, machine, SimKind::datagram, size,
                     std::move(deliver));
}

void SimWires::drop_life(const SimLife& life, bool tell_peers) {
  for (const auto& connection : connections()) {
    for (const int side : {0, 1}) {
      auto& end = connection->ends[side];
      if (&end.loop.life() != &life) continue;
      end.held.clear();
      if (tell_peers && !end.closed)
        send(connection, side, {SimSegment::What::reset, {}});
    }
  }
}

}  // namespace tocsin::mesh
