#include "mesh/sync/connections.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/endpoint.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

/// An initiator whose every step is in the test's hands.
struct Caller {
  const crypto::ExchangeKey& channel;
  crypto::Certificate certificate;
  WallTime greeting;
};
enum class Answer { none, silence, closed, session };

struct Rig : Endpoints {
  Rig() : Endpoints({{"bleu"}, {"delos"}, {"sncf"}}) {}
  ~Rig() { streams.clear(); }

  static Task<void> knock(Rig& rig, Caller caller, Answer& out) {
    auto& world = rig[1].machine.world();
    auto stream = co_await world.network.connect(rig[0].machine.address(7700), 2s);
    if (!stream) co_return;
    auto reader = std::make_unique<StreamReader>(**stream);
    crypto::OwnIdentity own{caller.channel, caller.certificate,
                            rig.federation.charter.federation};
    crypto::Initiator::Options options{std::move(own), rig[0].options.channel.public_key(),
                                       rig.secret(), {caller.greeting, 0}};
    auto initiator = crypto::Initiator::make(std::move(options), world.entropy).value();
    ByteWriter framed;
    framed.u16(std::uint16_t(initiator.message1().size()));
    framed.raw(initiator.message1());
    const auto bytes = std::move(framed).take();
    (void)co_await (*stream)->write(bytes, 2s);
    out = Answer::silence;
    const auto prefix = co_await reader->read_exactly(2, 8s);
    if (!prefix) {
      if (prefix.error().code == Errc::closed) out = Answer::closed;
      co_return;
    }
    const auto length = std::size_t((*prefix)[0] | (*prefix)[1] << 8);
    const auto message2 = co_await reader->read_exactly(length, 8s);
    auto& roster = rig[1].roster;
    auto outcome = initiator.finish(
        *message2, [&](ByteView c) { return roster.check_agent(c, rig.universe.wall()); });
    SecureLink link(std::move(*stream), std::move(reader), std::move(outcome.value().channel));
    const auto ping = encode(Ping{1});
    (void)co_await link.send(ping);
    const auto pong = co_await link.receive(frame_bytes_max, 2s);
    out = pong ? Answer::session : Answer::closed;
  }
  const crypto::SecretKey& secret() {
    for (const auto& pair : ends[1]->options.secrets)
      if (pair.peer_org == "bleu") return pair.current;
    throw std::logic_error("no secret");
  }
  Answer call(Caller caller) {
    Answer out = Answer::none;
    ends[1]->machine.world().loop.spawn(knock(*this, std::move(caller), out));
    pass(9s);
    return out;
  }
  /// The agent of delos as the charter knows it.
  Caller known(WallTime greeting) {
    return {ends[1]->options.channel, ends[1]->options.certificates[0], greeting};
  }

  static Task<void> open_stream(Rig& rig) {
    auto stream = co_await rig[1].machine.world().network.connect(
        rig[0].machine.address(7700), 2s);
    if (stream) rig.streams.push_back(std::move(*stream));
  }
  static Task<void> listen_for(Stream& stream, std::optional<Errc>& ended) {
    Bytes room(16);
    const auto got = co_await stream.read_some(room, 60s);
    if (!got) ended = got.error().code;
  }
  Stream& raw_stream() {
    const auto before = streams.size();
    ends[1]->machine.world().loop.spawn(open_stream(*this));
    REQUIRE(until([&] { return streams.size() > before; }));
    return *streams.back();
  }

  std::vector<std::unique_ptr<Stream>> streams;
};

}  // namespace

TEST_CASE("a peer that is not there yet is dialled until it is") {
  Rig rig;
  rig.dial(0, 1);
  rig.pass(20s);
  CHECK(rig[0].connections.peers()[0].state == PeerState::unreachable);
  REQUIRE(rig[1].connections.start());
  CHECK(rig.until([&] { return rig[0].live(rig[1]) != nullptr; }, 2s));
}

TEST_CASE("the addresses of a peer are tried one after the other") {
  Rig rig;
  REQUIRE(rig[1].connections.start());
  rig[0].connections.add_peer(rig.federation.peer(
      1, {"10.0.0.3:7700", "not an address", rig[1].machine.address(7700).text}));
  CHECK(rig.until([&] { return rig[0].live(rig[1]) != nullptr; }, 5s));
}

TEST_CASE("a partner without a pair secret is refused before anything is sent") {
  Rig rig;
  REQUIRE(rig[1].connections.start());
  rig[0].options.secrets.clear();
  auto& own = rig[0];
  Connections without(own.machine.world(), own,
                      {"bleu", own.id, rig.federation.charter.federation, own.options.channel,
                       own.options.certificates, own.options.secrets, own.roster, {}});
  without.add_peer(rig.federation.peer(1, {rig[1].machine.address(7700).text}));
  rig.pass(5s);
  CHECK(without.peers()[0].state == PeerState::refused);
  CHECK(rig[1].ups == 0);
}

TEST_CASE("an agent that answers in the place of another organisation is refused") {
  Rig rig;
  REQUIRE(rig[1].connections.start());
  auto peer = rig.federation.peer(1, {rig[1].machine.address(7700).text});
  peer.org = "sncf";  // The key of delos, where sncf was to be.
  rig[0].connections.add_peer(std::move(peer));
  rig.pass(10s);
  CHECK(rig[0].ups == 0);
  CHECK(rig[1].ups == 0);
}

TEST_CASE("an agent that answers under another key than the one dialled is refused") {
  Rig rig;
  REQUIRE(rig[2].connections.start());
  rig[0].connections.add_peer(rig.federation.peer(1, {rig[2].machine.address(7700).text}));
  rig.pass(10s);
  CHECK(rig[0].ups == 0);
  CHECK(rig[0].connections.peers()[0].state != PeerState::connected);
}

TEST_CASE("a stranger hears nothing and is shut out") {
  Rig rig;
  REQUIRE(rig[0].connections.start());
  auto& stream = rig.raw_stream();
  std::optional<Errc> ended;
  auto& world = rig[1].machine.world();
  world.loop.spawn(Rig::listen_for(stream, ended));
  Bytes nonsense(2 + crypto::handshake_message_min, 7);
  nonsense[0] = std::uint8_t(crypto::handshake_message_min);
  nonsense[1] = 0;
  static_assert(crypto::handshake_message_min < 256);
  world.loop.spawn([](Stream& to, Bytes bytes) -> Task<void> {
    (void)co_await to.write(bytes, 2s);
  }(stream, std::move(nonsense)));
  rig.pass(1s);
  CHECK(ended == Errc::closed);
}

TEST_CASE("who says nothing loses the place after five seconds, and places are limited") {
  Rig rig;
  REQUIRE(rig[0].connections.start());
  std::optional<Errc> first, beyond;
  auto& world = rig[1].machine.world();
  world.loop.spawn(Rig::listen_for(rig.raw_stream(), first));
  for (std::size_t i = 1; i < Doorkeeper::per_stranger_max; ++i) rig.raw_stream();
  world.loop.spawn(Rig::listen_for(rig.raw_stream(), beyond));
  REQUIRE(rig.until([&] { return beyond.has_value(); }, 1s));
  CHECK(beyond == Errc::closed);
  CHECK(rig[0].connections.turned_away() ==
        std::map<std::string, std::uint64_t>{{"source_full", 1}});
  CHECK_FALSE(first);
  rig.pass(Connections::handshake_max);
  CHECK(first == Errc::closed);
  CHECK(rig.call(rig.known(rig.universe.wall())) == Answer::session);
}

TEST_CASE("a greeting that is not newer than the last is refused and counted") {
  Rig rig;
  REQUIRE(rig[0].connections.start());
  const auto then = rig.universe.wall();
  CHECK(rig.call(rig.known(then)) == Answer::session);
  CHECK(rig.call(rig.known(then)) == Answer::closed);
  CHECK(rig.call(rig.known(then - 1s)) == Answer::closed);
  CHECK(rig[0].connections.peers()[0].refused.at("replayed_greeting") == 2);
  CHECK(rig.call(rig.known(then + 1ms)) == Answer::session);
}

TEST_CASE("an expired certificate opens nothing") {
  Rig rig;
  REQUIRE(rig[0].connections.start());
  rig.pass(24h * 32);
  CHECK(rig.call(rig.known(rig.universe.wall())) == Answer::closed);
  CHECK(rig[0].ups == 0);
}

TEST_CASE("the places of agents that only called and left again make room for others") {
  Rig rig;
  REQUIRE(rig[0].connections.start());
  auto& entropy = rig.federation.entropy();
  const auto add = [&](std::size_t number) {
    const auto signing = crypto::SigningKey::make(entropy);
    const auto channel = crypto::ExchangeKey::make(entropy);
    auto body = rig[1].options.certificates[0].body;
    body.name = "delos-" + std::to_string(number);
    body.signing = signing.public_key();
    body.channel = channel.public_key();
    return rig.call({channel,
                     crypto::certify(proven(body, signing), rig.federation.root(1),
                                     rig.federation.charter.federation),
                     rig.universe.wall()});
  };
  for (std::size_t i = 0; i < Connections::peers_max; ++i) REQUIRE(add(i) == Answer::session);
  CHECK(rig[0].connections.peers().size() == Connections::peers_max);
  CHECK(add(Connections::peers_max) == Answer::session);
  CHECK(rig[0].connections.peers().size() < Connections::peers_max);
}

TEST_CASE("a peer is reached at its second address while the first one does not answer") {
  Endpoints ends({{"bleu"}, {"delos"}, {"sncf"}});
  // The machine of sncf takes streams and says nothing: it knows no secret of delos with bleu.
  auto& delos = ends[1].connections;
  const auto silent = ends[2].machine.address(7700).text, true_one = ends[0].machine.address(7700).text;
  for (std::size_t i : {0, 1, 2}) REQUIRE(ends[i].connections.start());
  delos.add_peer(ends.federation.peer(0, {silent, true_one}));
  CHECK(ends.until([&] { return ends[1].live(ends[0]) != nullptr; }, 600ms));
  CHECK(ends[1].live(ends[0])->facts().address == true_one);
  REQUIRE(ends.together(0, 1));

  // The next time the one that worked comes first.
  ends[1].live(ends[0])->close();
  REQUIRE(ends.until([&] { return ends[1].live(ends[0]) == nullptr; }));
  CHECK(ends.until([&] { return ends[1].live(ends[0]) != nullptr; }, 240ms));
}

TEST_CASE("of two addresses of one agent that both answer one session stays") {
  Endpoints ends({{"bleu"}, {"delos"}});
  for (std::size_t i : {0, 1}) REQUIRE(ends[i].connections.start());
  const auto address = ends[0].machine.address(7700).text;
  ends[1].connections.add_peer(ends.federation.peer(0, {address, address}));
  REQUIRE(ends.together(0, 1));
  ends.pass(3s);
  CHECK(ends[0].ups == 2);  // One live, one bulk.
}

TEST_CASE("an agent that dialled us is dialled when it is gone, where it said that it listens") {
  Endpoints ends({{"bleu"}, {"delos"}});
  for (std::size_t i : {0, 1}) REQUIRE(ends[i].connections.start());
  ends.dial(1, 0);
  REQUIRE(ends.together(0, 1));
  const auto session = ends[0].live(ends[1]);
  ends[0].connections.heard_address(*session, "0.0.0.0:7700");
  session->close();
  REQUIRE(ends.until([&] {
    const auto again = ends[0].live(ends[1]);
    return again && again != session && again->facts().dialled;
  }));
}
