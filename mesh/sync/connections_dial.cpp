#include "mesh/sync/peer_entry.hpp"

namespace tocsin::mesh {
namespace {

// One handshake message: length[2] ‖ bytes.
Bytes framed(ByteView message) {
  ByteWriter out;
  out.u16(std::uint16_t(message.size()));
  out.raw(message);
  return std::move(out).take();
}

Task<Result<Bytes>> read_handshake(StreamReader& reader, Duration timeout) {
  const auto prefix = co_await reader.read_exactly(2, timeout);
  if (!prefix) co_return std::unexpected(prefix.error());
  const auto length = std::size_t((*prefix)[0] | (*prefix)[1] << 8);
  if (length > crypto::handshake_message_max)
    co_return fail(Errc::too_large, "handshake: {} bytes, limit {}", length,
                   crypto::handshake_message_max);
  const auto message = co_await reader.read_exactly(length, timeout);
  if (!message) co_return std::unexpected(message.error());
  co_return Bytes(message->begin(), message->end());
}

// Closes a stream at its deadline, so that a peer that drips bytes holds no place.
class Deadline {
 public:
  Deadline(Loop& loop, Stream& stream, Duration limit) : loop_(loop) {
    timer_ = loop.after(limit, [this, &stream] {
      timer_ = 0;
      stream.close();
    });
  }
  Deadline(const Deadline&) = delete;
  ~Deadline() {
    if (timer_ != 0) loop_.cancel(timer_);
  }

 private:
  Loop& loop_;
  TimerId timer_ = 0;
};

struct Place {
  Doorkeeper& door;
  std::string source;
  Place(Doorkeeper& from, std::string at) : door(from), source(std::move(at)) {}
  Place(const Place&) = delete;
  ~Place() { door.leave(source); }
};

}  // namespace

// Which connection the peer lacks that it is ours to dial.
std::optional<Purpose> Connections::wanted(const Peer& peer) const {
  if (stopped_ || is_cut(peer.config.org)) return std::nullopt;
  if (is_revoked(peer)) return std::nullopt;
  if (reputation_.is_out(peer.agent, world_.clock.now())) return std::nullopt;
  const auto& live = peer.sessions[std::size_t(Purpose::live)];
  const auto old = [&](const Session& session) {
    return age(session) >= session_age_max - renew_before;
  };
  if (!live) return Purpose::live;
  if (!live->facts().dialled) return std::nullopt;
  if (old(*live)) return Purpose::live;
  for (std::size_t lane = 1; lane <= peer.lanes; ++lane)
    if (const auto& bulk = peer.sessions[lane]; !bulk || old(*bulk)) return Purpose(lane);
  return std::nullopt;
}

// Met or not: the key that is dialled tells whose agent it is.
bool Connections::is_revoked(const Peer& peer) const {
  if (options_.roster.is_former_org(peer.config.org)) return true;
  if (!peer.agent.is_zero()) return options_.roster.is_revoked(peer.agent);
  const auto known = options_.roster.agent_with(peer.config.channel);
  return known && options_.roster.is_revoked(*known);
}

Task<void> Connections::keep_dialling(Peer& peer) {
  constexpr Duration look_again = std::chrono::seconds(5);
  constexpr Duration too_soon = std::chrono::milliseconds(500);
  while (!stopped_ && !peer.book.empty()) {
    const auto purpose = wanted(peer);
    if (!purpose) {
      co_await peer.wake.wait(look_again);
      continue;
    }
    if (*purpose == Purpose::live && world_.clock.now() - peer.dialled < too_soon) {
      const auto wait = peer.backoff.next(world_.entropy);
      co_await sleep(world_.loop, wait);
    }
    if (wanted(peer) != purpose) continue;
    peer.dialled = world_.clock.now();
    auto racing = race(peer, *purpose);
    const auto connected = co_await racing;
    if (connected) continue;
    peer.book.failed();
    if (*purpose == Purpose::live && !peer.sessions[0])
      peer.state = connected.error().code == Errc::unreachable ||
                           connected.error().code == Errc::timeout
                       ? PeerState::unreachable
                       : PeerState::refused;
    world_.log.debug("{}: not connected: {}", peer.config.org, connected.error().message);
    const auto wait = peer.backoff.next(world_.entropy);
    co_await peer.wake.wait(wait);
  }
  peer.dialling = false;
}

// Starts with the address that worked last; each next one joins when there was no answer for a
// moment, or at once when the others have failed.
Task<Result<void>> Connections::race(Peer& peer, Purpose purpose) {
  const auto race = std::make_shared<Race>(world_.loop, purpose);
  for (const auto& address : peer.book.in_order()) {
    if (race->won || stopped_) break;
    ++race->running;
    tasks_.spawn(run(peer, address, race));
    const auto until = world_.clock.now() + AddressBook::next_after;
    while (!race->won && race->running > 0 && world_.clock.now() < until) {
      auto waiting = race->changed.wait(until - world_.clock.now());
      co_await waiting;
    }
  }
  while (!race->won && race->running > 0) {
    auto waiting = race->changed.wait();
    co_await waiting;
  }
  if (!race->won) co_return std::unexpected(race->last);
  co_return Result<void>();
}

Task<void> Connections::run(Peer& peer, std::string address, std::shared_ptr<Race> race) {
  auto dialling = dial(peer, std::move(address), race);
  const auto dialled = co_await dialling;
  if (!dialled) race->last = dialled.error();
  --race->running;
  race->changed.set();
}

namespace {

// Lets the winner of a race close the streams of the others.
struct Runner {
  std::vector<Stream*>& streams;
  Stream* stream;
  Runner(std::vector<Stream*>& all, Stream* own) : streams(all), stream(own) {
    streams.push_back(own);
  }
  Runner(const Runner&) = delete;
  ~Runner() { std::erase(streams, stream); }
  void close_others() const {
    for (auto* other : streams)
      if (other != stream) other->close();
  }
};

}  // namespace

Task<Result<void>> Connections::dial(Peer& peer, std::string address,
                                     std::shared_ptr<Race> race) {
  const auto to = parse_address(address);
  if (!to) co_return std::unexpected(to.error());
  const auto secret =
      std::find_if(options_.secrets.begin(), options_.secrets.end(),
                   [&](const auto& pair) { return pair.peer_org == peer.config.org; });
  if (secret == options_.secrets.end())
    co_return fail(Errc::refused, "no pair secret with {}", peer.config.org);
  // A new secret is tried first: that it works shows that both sides have it. The list of secrets
  // may change while this dials.
  const bool with_next = secret->next && !peer.next_failed;
  const auto psk = with_next ? *secret->next : secret->current;
  auto own = identity();
  if (!own) co_return std::unexpected(own.error());
  auto stream = co_await world_.network.connect(*to, connect_max);
  if (!stream) co_return std::unexpected(stream.error());
  const Runner runner(race->streams, stream->get());
  const Deadline deadline(world_.loop, **stream, handshake_max);
  auto reader = std::make_unique<StreamReader>(**stream);

  crypto::Greeting greeting{greetings_.next(world_.clock.wall()), std::uint8_t(race->purpose)};
  crypto::Initiator::Options options{std::move(*own), peer.config.channel, psk, greeting};
  auto initiator = crypto::Initiator::make(std::move(options), world_.entropy);
  if (!initiator) co_return std::unexpected(initiator.error());
  const auto message1 = framed(initiator->message1());
  const auto written = co_await (*stream)->write(message1, handshake_max);
  if (!written) co_return std::unexpected(written.error());
  const auto message2 = co_await read_handshake(*reader, handshake_max);
  // Who does not know the secret says nothing; nor does one that lost the race.
  if (!race->won) peer.next_failed = with_next && !message2;
  if (!message2) co_return std::unexpected(message2.error());
  auto outcome = initiator->finish(*message2, checker());
  if (!outcome) {
    ++peer.refused[fmt::format("handshake_{}", tocsin::name_of(outcome.error().code))];
    co_return std::unexpected(outcome.error());
  }
  const auto& body = outcome->peer.body;
  if (body.org != peer.config.org || is_cut(body.org) || stopped_)
    co_return fail(Errc::refused, "{} answered where {} was expected", body.org,
                   peer.config.org);
  // Nothing was said to the peer yet: to it, those that lose were never there.
  if (race->won) co_return fail(Errc::closed, "another address answered first");
  race->won = true;
  runner.close_others();
  peer.book.worked(address);
  peer.agent = body.id();
  Session::Facts facts{body.id(), body.org, body.name, body.channel, race->purpose, true,
                       address,   with_next};
  auto session = std::make_shared<Session>(
      world_, SecureLink(std::move(*stream), std::move(reader), std::move(outcome->channel)),
      std::move(facts));
  host_.on_certificate(outcome->peer);
  if (admit(session)) tasks_.spawn(serve(session, std::nullopt));
  co_return Result<void>();
}

Task<void> Connections::accept_all() {
  constexpr Duration out_of_descriptors = std::chrono::milliseconds(100);
  while (!stopped_) {
    auto stream = co_await listener_->accept();
    if (!stream && stream.error().code == Errc::closed) co_return;
    if (!stream) {
      co_await sleep(world_.loop, out_of_descriptors);
      continue;
    }
    auto source = source_of((*stream)->remote());
    const auto verdict = door_.knock(source, world_.clock.now());
    if (verdict != Doorkeeper::Answer::come_in) {
      ++turned_away_[std::string(name_of(verdict))];
      continue;
    }
    tasks_.spawn(answer(std::move(*stream), std::move(source)));
  }
}

// Says nothing to a stranger: every failure before message 2 just closes.
Task<void> Connections::answer(std::unique_ptr<Stream> stream, std::string source) {
  const Place place(door_, source);
  const Deadline deadline(world_.loop, *stream, handshake_max);
  auto reader = std::make_unique<StreamReader>(*stream);
  const auto message1 = co_await read_handshake(*reader, handshake_max);
  const auto own = identity();
  if (!message1 || !own) co_return;
  auto answer = crypto::respond(*own, options_.secrets, *message1, checker(), world_.entropy);
  if (!answer) {
    ++turned_away_["handshake"];
    world_.log.debug("handshake refused: {}", answer.error().message);
    co_return;
  }
  const auto& body = answer->peer.body;
  if (is_cut(body.org) || stopped_ || answer->greeting.purpose >= purposes) co_return;
  const auto message2 = framed(answer->message2);
  const auto written = co_await stream->write(message2, handshake_max);
  if (!written) co_return;

  const auto purpose = Purpose(answer->greeting.purpose);
  Session::Facts facts{body.id(), body.org,  body.name,           body.channel,
                       purpose,   false,     stream->remote().text, answer->with_next};
  SecureLink link(std::move(stream), std::move(reader), std::move(answer->channel));
  auto first = co_await link.receive(frame_bytes_max, handshake_max);
  if (!first || is_cut(body.org) || stopped_) co_return;
  // The first transport message proves that message 1 is no replay: only now is it remembered.
  auto* peer = peer_of(body);
  if (!peer) {
    ++turned_away_["peers_full"];
    world_.log.warn("{}/{}: turned away: {} peers are known", body.org, body.name, peers_max);
    co_return;
  }
  if (reputation_.is_out(body.id(), world_.clock.now())) {
    ++peer->refused["shut_out"];
    co_return;
  }
  auto& last = peer->greeted[std::size_t(purpose)];
  if (answer->greeting.timestamp <= last) {
    ++peer->refused["replayed_greeting"];
    co_return;
  }
  // A clock that ran ahead must not lock its agent out once it is right again.
  last = std::min(answer->greeting.timestamp, world_.clock.wall() + greeting_ahead_max);
  door_.know(source);
  host_.on_certificate(answer->peer);
  auto session = std::make_shared<Session>(world_, std::move(link), std::move(facts));
  if (!admit(session)) co_return;
  tasks_.spawn(serve(std::move(session), std::optional<Bytes>(std::move(*first))));
}

}  // namespace tocsin::mesh
