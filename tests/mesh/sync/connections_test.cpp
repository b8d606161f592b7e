#include "mesh/sync/connections.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/endpoint.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

struct Rig : Endpoints {
  Rig() : Endpoints({{"bleu"}, {"delos"}}) {
    for (auto& end : ends) REQUIRE(end->connections.start());
  }
  Endpoint& a = *ends[0];
  Endpoint& b = *ends[1];
  PeerStatus status(const Endpoint& of) { return of.connections.peers().at(0); }
};

}  // namespace

TEST_CASE("two agents that dial each other end with one live and one bulk session") {
  Rig rig;
  rig.dial(0, 1);
  rig.dial(1, 0);
  REQUIRE(rig.together(0, 1));
  rig.pass(5s);
  REQUIRE(rig.a.live(rig.b));
  REQUIRE(rig.b.live(rig.a));
  CHECK(rig.a.live(rig.b)->facts().dialled != rig.b.live(rig.a)->facts().dialled);
  CHECK(rig.a.connections.live().size() == 1);
  const auto ups = rig.a.ups + rig.b.ups;
  rig.pass(60s);
  CHECK(rig.a.ups + rig.b.ups == ups);
  CHECK(rig.status(rig.a).state == PeerState::connected);
  CHECK(rig.status(rig.a).agent == "delos-1");
  CHECK(rig.status(rig.a).rtt > 0ms);
}

TEST_CASE("a session is renewed before it is old, and the peer is reachable all the while") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  const auto first = rig.a.live(rig.b);
  bool reachable = true;
  for (int second = 0; second < 660; ++second) {
    rig.pass(1s);
    reachable = reachable && rig.a.connections.reachable("delos") &&
                rig.b.connections.reachable("bleu");
  }
  CHECK(reachable);
  CHECK(rig.a.live(rig.b) != first);
  CHECK(first->closed());
  const auto age = rig.a.machine.world().clock.now() - rig.a.live(rig.b)->since();
  CHECK(age < Connections::session_age_max);
}

TEST_CASE("a cut ends the sessions at once, and both are together two seconds after it heals") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  rig.a.connections.cut("delos", true);
  rig.pass(10s);
  CHECK_FALSE(rig.a.connections.reachable("delos"));
  CHECK_FALSE(rig.b.connections.reachable("bleu"));
  CHECK(rig.status(rig.b).state == PeerState::unreachable);
  rig.a.connections.cut("delos", false);
  CHECK(rig.until([&] { return rig.a.live(rig.b) && rig.b.live(rig.a); }, 2s));
}

TEST_CASE("the side that is dialled keeps a cut peer out as well") {
  Rig rig;
  rig.b.connections.cut("bleu", true);
  rig.dial(0, 1);
  rig.pass(10s);
  CHECK(rig.a.ups == 0);
  CHECK(rig.b.ups == 0);
}

TEST_CASE("an agent that stops says goodbye, and the other does not wait for silence") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  rig.b.connections.stop();
  rig.pass(100ms);
  REQUIRE_FALSE(rig.a.downs.empty());
  CHECK(rig.a.downs[0].message.find("stopping") != std::string::npos);
  CHECK_FALSE(rig.a.connections.reachable("delos"));
}

TEST_CASE("a peer that falls silent is given up after three seconds and found again") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  rig.universe.wires().cut({1}, {2}, SimCut::stall);
  rig.pass(Session::silence_max + 1s);
  CHECK_FALSE(rig.a.connections.reachable("delos"));
  CHECK_FALSE(rig.b.connections.reachable("bleu"));
  rig.universe.wires().heal();
  CHECK(rig.until([&] { return rig.a.live(rig.b) && rig.b.live(rig.a); }, 3s));
}

TEST_CASE("a revoked agent is dropped and never let in again") {
  Rig rig;
  rig.dial(0, 1);
  rig.dial(1, 0);
  REQUIRE(rig.together(0, 1));
  REQUIRE(rig.a.roster.revoke({"delos", rig.b.id, rig.universe.wall(), "key lost", {}}));
  rig.a.connections.drop(rig.b.id, ByeReason::revoked);
  rig.pass(1s);
  const auto ups = rig.a.ups;
  rig.pass(30s);
  CHECK(rig.a.ups == ups);
  CHECK_FALSE(rig.a.connections.reachable("delos"));
  CHECK(rig.status(rig.a).state == PeerState::revoked);
}

TEST_CASE("refusals are counted with the peer that they concern") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  rig.a.connections.count(rig.b.id, "push_red");
  rig.a.connections.count(rig.b.id, "push_red");
  rig.a.connections.count(AgentId{}, "push_red");
  CHECK(rig.status(rig.a).refused.at("push_red") == 2);
}

TEST_CASE("the own organisation is always reachable, a stranger never") {
  Rig rig;
  CHECK(rig.a.connections.reachable("bleu"));
  CHECK_FALSE(rig.a.connections.reachable("acme"));
  CHECK(rig.a.connections.listening() == rig.a.machine.address(7700).text);
  CHECK(rig.a.connections.find(rig.b.id, Purpose::live) == nullptr);
}

TEST_CASE("an agent without a valid certificate, or with a bad address, does not start") {
  Endpoints ends({{"bleu"}, {"delos"}});
  ends[0].options.certificates.clear();
  CHECK(ends[0].connections.start().error().code == Errc::expired);

  const auto with_listen = [&](std::string listen) {
    Connections bad(ends[1].machine.world(), ends[1],
                    {"delos", ends[1].id, ends.federation.charter.federation,
                     ends[1].options.channel, ends[1].options.certificates,
                     ends[1].options.secrets, ends[1].roster, std::move(listen)});
    return bad.start();
  };
  const auto bad = with_listen("nowhere");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::invalid);
  CHECK(bad.error().message.starts_with("listen"));
  REQUIRE(ends[1].connections.start());
  CHECK(with_listen(ends[1].machine.address(7700).text).error().code == Errc::io);
}

TEST_CASE("no more peers are configured than the bound, and the log says so") {
  Endpoints ends({{"bleu"}, {"delos"}});
  for (std::size_t i = 0; i <= Connections::peers_max; ++i)
    ends[0].connections.add_peer({"delos", ends.federation.entropy().make<PublicKey>(), {}});
  CHECK(ends[0].connections.peers().size() == Connections::peers_max);
  CHECK(ends[0].machine.log().says("peers are configured already"));
}

TEST_CASE("a peer that is named again is the same peer under its new address") {
  Rig rig;
  rig.a.connections.add_peer(rig.federation.peer(1, {"10.0.0.2:9"}));
  rig.pass(3s);
  CHECK(rig.status(rig.a).state == PeerState::unreachable);
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  CHECK(rig.a.connections.peers().size() == 1);
}

TEST_CASE("as many bulk connections are kept as are wanted, and ended ones are not dialled again") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  rig.a.connections.want_lanes(rig.b.id, 3);
  const auto lane = [&](Purpose purpose) { return rig.a.connections.find(rig.b.id, purpose); };
  REQUIRE(rig.until([&] { return lane(Purpose::bulk_2) && lane(Purpose::bulk_3); }));
  rig.pass(5s);
  CHECK_FALSE(lane(Purpose::bulk_4));
  rig.a.connections.want_lanes(rig.b.id, 1);
  lane(Purpose::bulk_2)->leave(ByeReason::idle);
  rig.pass(5s);
  CHECK_FALSE(lane(Purpose::bulk_2));
  CHECK(lane(Purpose::bulk));
}

TEST_CASE("a peer that reads too slowly is shown as one that is told heads only") {
  Rig rig;
  rig.dial(0, 1);
  REQUIRE(rig.together(0, 1));
  CHECK(rig.status(rig.a).mode == PeerMode::live);
  const Bytes large(batch_bytes_max, 'x');
  const auto live = rig.a.live(rig.b);
  CHECK(live->send_batch(large, false));
  CHECK_FALSE(live->send_batch(large, false));
  CHECK(rig.status(rig.a).mode == PeerMode::heads_only);
  CHECK(name_of(rig.status(rig.a).mode) == "heads_only");
  rig.pass(3s);
  CHECK(rig.status(rig.a).mode == PeerMode::live);
}
