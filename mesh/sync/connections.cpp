#include "mesh/sync/connections.hpp"

#include "mesh/sync/peer_entry.hpp"

namespace tocsin::mesh {

std::string_view name_of(PeerState state) {
  switch (state) {
    case PeerState::connecting: return "connecting";
    case PeerState::connected: return "connected";
    case PeerState::unreachable: return "unreachable";
    case PeerState::refused: return "refused";
    case PeerState::revoked: return "revoked";
  }
  return "unknown";
}

std::string_view name_of(PeerMode mode) {
  switch (mode) {
    case PeerMode::live: return "live";
    case PeerMode::heads_only: return "heads_only";
  }
  return "unknown";
}

Connections::Connections(World& world, SessionHost& host, Options options)
    : world_(world), host_(host), options_(std::move(options)) {}

Connections::~Connections() {
  stopped_ = true;
  tasks_.clear();
}

Result<void> Connections::start() {
  const auto own = identity();
  if (!own) return std::unexpected(own.error());
  if (!options_.listen.empty()) {
    auto address = parse_address(options_.listen);
    if (!address) return within("listen", address.error());
    auto listener = world_.network.listen(*address);
    if (!listener) return within("listen", listener.error());
    listener_ = std::move(*listener);
    tasks_.spawn(accept_all());
  }
  return {};
}

void Connections::stop() {
  stopped_ = true;
  if (listener_) listener_->close();
  for (const auto& peer : peers_) {
    for (const auto& session : peer->sessions)
      if (session) session->leave(ByeReason::stopping);
    peer->wake.set();
  }
}

void Connections::add_peer(PeerConfig config) {
  if (peers_.size() >= peers_max) {
    world_.log.error("peer of {}: {} peers are configured already", config.org, peers_.size());
    return;
  }
  for (const auto& text : config.addresses)
    if (const auto address = parse_address(text)) door_.know(source_of(*address));
  for (const auto& peer : peers_) {
    if (peer->config.channel != config.channel) continue;
    peer->config = std::move(config);
    peer->book.configure(peer->config.addresses);
    peer->wake.set();
    keep_dialling_once(*peer);
    return;
  }
  peers_.push_back(std::make_unique<Peer>(world_.loop, std::move(config)));
  keep_dialling_once(*peers_.back());
}

void Connections::keep_dialling_once(Peer& peer) {
  if (peer.dialling || peer.book.empty()) return;
  peer.dialling = true;
  tasks_.spawn(keep_dialling(peer));
}

void Connections::heard_address(const Session& session, std::string_view address) {
  auto* peer = find_peer(session.facts().agent);
  if (!peer || session.facts().dialled) return;
  if (peer->book.learn(address, session.facts().address)) keep_dialling_once(*peer);
}

// Serves one admitted session until its end.
Task<void> Connections::serve(std::shared_ptr<Session> session, std::optional<Bytes> first) {
  tasks_.spawn(write_for(session));
  const auto why = co_await session->read(host_, std::move(first));
  session->close();
  auto* peer = find_peer(session->facts().agent);
  if (!peer) co_return;
  const bool left = why.code == Errc::closed || why.code == Errc::timeout || why.code == Errc::io;
  if (!left) {
    count(session->facts().agent, tocsin::name_of(why.code));
    world_.log.warn("{}/{}: session ended: {}", session->facts().org, session->facts().name,
                    why.message);
  }
  if (age(*session) >= std::chrono::seconds(1)) peer->backoff.reset();
  auto& held = peer->sessions[std::size_t(session->facts().purpose)];
  if (held != session) co_return;
  held.reset();
  if (session->facts().purpose == Purpose::live && peer->state == PeerState::connected)
    peer->state = PeerState::unreachable;
  peer->last_seen = world_.clock.wall();
  host_.on_down(*session, why);
  peer->wake.set();
}

Task<void> Connections::write_for(std::shared_ptr<Session> session) {
  co_await session->write(host_);
}

// Gives the session its place, or closes it where the rule keeps the one that is there.
bool Connections::admit(const std::shared_ptr<Session>& session) {
  const auto& facts = session->facts();
  auto* peer = find_peer(facts.agent);
  auto& held = peer->sessions[std::size_t(facts.purpose)];
  if (held && !held->closed()) {
    const Contender old{held->facts().dialled, world_.clock.now() - held->heard()};
    if (!is_bulk(facts.purpose) && !replaces({facts.dialled, {}}, old, options_.own, facts.agent)) {
      session->close();
      return false;
    }
    const auto replaced = std::exchange(held, nullptr);
    host_.on_down(*replaced, Error{Errc::closed, "a newer session took over"});
    replaced->leave(ByeReason::replaced);
  }
  held = session;
  peer->name = facts.name;
  peer->last_seen = world_.clock.wall();
  if (facts.purpose == Purpose::live) peer->state = PeerState::connected;
  host_.on_up(session);
  return true;
}

void Connections::cut(std::string_view org, bool down) {
  if (!down) {
    cuts_.erase(std::string(org));
  } else {
    cuts_.insert(std::string(org));
  }
  for (const auto& peer : peers_) {
    if (peer->config.org != org) continue;
    for (const auto& session : peer->sessions)
      if (down && session) session->close();
    peer->backoff.reset();
    peer->wake.set();
  }
}

void Connections::drop(const AgentId& agent, ByeReason reason) {
  auto* peer = find_peer(agent);
  if (!peer) return;
  if (reason == ByeReason::revoked) peer->state = PeerState::revoked;
  for (const auto& session : peer->sessions)
    if (session) session->close();
}

void Connections::blame(const AgentId& agent) {
  if (!reputation_.fault(agent, world_.clock.now())) return;
  const auto* peer = find_peer(agent);
  if (!peer) return;
  world_.log.error("{}/{}: shut out for a while: it was at fault {} times", peer->config.org,
                   peer->name, Reputation::faults_max);
  drop(agent, ByeReason::violation);
}

bool Connections::knows(const PublicKey& channel) const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [&](const auto& peer) { return peer->config.channel == channel; });
}

void Connections::drop_former() {
  for (const auto& peer : peers_) {
    if (!options_.roster.is_former_org(peer->config.org)) continue;
    peer->state = PeerState::revoked;
    for (const auto& session : peer->sessions)
      if (session) session->close();
  }
}

void Connections::look_again() {
  for (const auto& peer : peers_) {
    peer->backoff.reset();
    peer->next_failed = false;
    peer->wake.set();
  }
}

std::shared_ptr<Session> Connections::find(const AgentId& agent, Purpose purpose) const {
  const auto* peer = find_peer(agent);
  return peer ? peer->sessions[std::size_t(purpose)] : nullptr;
}

void Connections::want_lanes(const AgentId& agent, std::size_t lanes) {
  auto* peer = find_peer(agent);
  if (!peer || peer->lanes == lanes) return;
  peer->lanes = std::clamp<std::size_t>(lanes, 1, lanes_max);
  peer->wake.set();
}

std::vector<std::shared_ptr<Session>> Connections::live() const {
  std::vector<std::shared_ptr<Session>> out;
  for (const auto& peer : peers_)
    if (peer->sessions[0]) out.push_back(peer->sessions[0]);
  return out;
}

bool Connections::reachable(std::string_view org) const {
  return org == options_.org ||
         std::any_of(peers_.begin(), peers_.end(), [&](const auto& peer) {
           return peer->config.org == org && peer->sessions[0];
         });
}

std::string Connections::listening() const {
  return listener_ ? listener_->address().text : std::string();
}

std::vector<PeerStatus> Connections::peers() const {
  std::vector<PeerStatus> out;
  for (const auto& peer : peers_) {
    PeerStatus status{peer->config.org, peer->name, {}, peer->state, {}, 0, peer->last_seen,
                      peer->refused};
    if (is_revoked(*peer)) status.state = PeerState::revoked;
    if (!peer->config.addresses.empty()) status.address = peer->config.addresses.front();
    if (const auto& live = peer->sessions[0]) {
      status.address = live->facts().address;
      status.rtt = live->rtt();
      status.mode = live->heads_only() ? PeerMode::heads_only : PeerMode::live;
      status.next_secret = live->facts().next_secret;
      status.last_seen = world_.clock.wall() - (world_.clock.now() - live->heard());
    }
    out.push_back(std::move(status));
  }
  return out;
}

void Connections::count(const AgentId& agent, std::string_view reason, std::uint64_t times) {
  if (auto* peer = find_peer(agent)) peer->refused[std::string(reason)] += times;
}

// The place of this agent; null when there is none and all are taken.
Connections::Peer* Connections::peer_of(const crypto::CertificateBody& body) {
  for (const auto& peer : peers_)
    if (peer->config.channel == body.channel || peer->agent == body.id()) {
      peer->agent = body.id();
      return peer.get();
    }
  if (peers_.size() >= peers_max)
    // Those that only called us, and left, make room.
    std::erase_if(peers_, [](const auto& peer) {
      return !peer->dialling && peer->state != PeerState::revoked &&
             std::none_of(std::begin(peer->sessions), std::end(peer->sessions),
                          [](const auto& session) { return session != nullptr; });
    });
  if (peers_.size() >= peers_max) return nullptr;
  peers_.push_back(
      std::make_unique<Peer>(world_.loop, PeerConfig{body.org, body.channel, {}}));
  peers_.back()->agent = body.id();
  return peers_.back().get();
}

const Connections::Peer* Connections::find_peer(const AgentId& agent) const {
  for (const auto& peer : peers_)
    if (peer->agent == agent) return peer.get();
  return nullptr;
}

Connections::Peer* Connections::find_peer(const AgentId& agent) {
  return const_cast<Peer*>(std::as_const(*this).find_peer(agent));
}

Result<crypto::OwnIdentity> Connections::identity() const {
  const auto now = world_.clock.wall();
  for (const auto& certificate : options_.certificates)
    if (certificate.valid_at(now))
      return crypto::OwnIdentity{options_.channel, certificate, options_.federation};
  return std::unexpected(Error{Errc::expired,
                               "no certificate of this agent is valid at this clock's time",
                               "check the clock, or have the organisation root issue new ones"});
}

crypto::CheckCertificate Connections::checker() const {
  return [this](ByteView encoded) {
    return options_.roster.check_agent(encoded, world_.clock.wall());
  };
}

Duration Connections::age(const Session& session) const {
  return world_.clock.now() - session.since();
}

}  // namespace tocsin::mesh
