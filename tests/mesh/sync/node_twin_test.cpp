#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/endpoint.hpp"
#include "tests/mesh/sync/forked.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, delos = 1, sncf = 2;
const Audience all{true, {}, {}};

/// True nodes of delos and sncf; bleu brings delos what a copy of delos has signed.
struct Rig : SimNodes {
  Rig() : SimNodes({{"bleu"}, {"delos"}, {"sncf"}}) {
    open(delos);
    open(sncf, {delos});
    peer.emplace(machine(bleu), federation, bleu);
    copy.emplace(machine(bleu).world(), federation, delos);
    peer->connections.add_peer(federation.peer(delos, {address(delos)}));
    REQUIRE(until([&] { return session() && node(delos).reachable("bleu"); }));
    REQUIRE(connected(delos, sncf));
  }
  ~Rig() {
    machine(bleu).crash();
    peer.reset();
    copy.reset();
  }
  std::shared_ptr<Session> session() {
    return peer->connections.find(federation.agents[delos].id, Purpose::live);
  }
  void send(const Batch& batch) { CHECK(session()->send_batch(batch.encoded, true)); }

  Published say(std::string_view text, Audience audience = all, Tlp tlp = Tlp::green) {
    const auto done = publish(delos, {note(delos, tlp, std::move(audience), text)});
    REQUIRE(done);
    return done->front();
  }

  std::optional<Endpoint> peer;
  std::optional<Holder> copy;
};

}  // namespace

TEST_CASE("an agent whose copy signs in its place closes the epoch, and goes on in a new one") {
  Rig rig;
  const auto first = rig.say("mine");
  rig.send(rig.copy->sign(first.log, {rig.copy->note("the copy's")}));
  REQUIRE(rig.until([&] { return rig.node(sncf).forks().size() == 1; }));
  CHECK(rig.node(delos).counters().own_name == 1);
  const auto next = rig.say("mine again");
  CHECK(next.log.epoch != first.log.epoch);
  CHECK(next.sequence == 1);
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("mine again"); }));
  CHECK_FALSE(rig.notes(sncf).frozen.contains("mine again"));
}

TEST_CASE("what goes beyond the own tail is taken, and nothing is signed after it") {
  Rig rig;
  const auto first = rig.say("mine");
  const auto held = rig.copy->sign(first.log, {rig.copy->note("another")});
  rig.send(rig.copy->sign(first.log, {rig.copy->note("the copy's second")}));
  REQUIRE(rig.until([&] { return rig.node(delos).counters().own_name == 1; }));
  CHECK(rig.say("mine again").log.epoch != first.log.epoch);
  CHECK(rig.node(delos).forks().size() == 1);  // It names another first one.
  CHECK(rig.node(delos).forks()[0].second == held.id);
}

TEST_CASE("a scope announced in the closed epoch is announced again in the new one") {
  Rig rig;
  const Audience circle{false, {"delos", "sncf"}, {}};
  const auto first = rig.say("hush", circle, Tlp::amber_strict);
  rig.send(rig.copy->sign({first.log.agent, first.log.epoch, {}, LogClass::control},
                          {rig.copy->note("the copy's")}));
  REQUIRE(rig.until([&] { return rig.node(sncf).forks().size() == 1; }));
  const auto next = rig.say("hush again", circle, Tlp::amber_strict);
  CHECK(next.log.scope != first.log.scope);
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("hush again"); }));
  CHECK_FALSE(rig.notes(sncf).frozen.contains("hush again"));
}

TEST_CASE("nothing is lost, whenever the copy's batch comes between signing and the disk") {
  std::size_t forks = 0;
  for (int step = 0; step < 24; ++step) {
    Rig rig;
    const auto first = rig.say("mine");
    auto second = rig.copy->sign(first.log, {rig.copy->note("not sent")});
    second = rig.copy->sign(first.log, {rig.copy->note("the copy's second")});
    std::optional<SimNodes::Places> done;
    rig.start_publishing(delos, {rig.note(delos, Tlp::green, all, "in between")}, done);
    (void)rig.universe.run_for(std::chrono::microseconds(400 * step));
    rig.send(second);
    REQUIRE(rig.until([&] { return done.has_value(); }));
    REQUIRE(done->has_value());
    REQUIRE(rig.until([&] { return rig.notes(sncf).has("in between"); }));
    const auto place = (*done)->front();
    const auto held = rig.store_of(delos).batch(place.log, place.sequence);
    CHECK((held && held->has_value()));
    CHECK(rig.say("afterwards").log.epoch != first.log.epoch);
    forks += rig.node(delos).forks().size();
  }
  CHECK(forks > 0);
}

TEST_CASE("after a restart a closed epoch stays closed, and a copy's epoch is not gone on with") {
  Rig rig;
  const auto first = rig.say("mine");
  rig.send(rig.copy->sign({first.log.agent, 77, {}, LogClass::case_}, {rig.copy->note("other")}));
  REQUIRE(rig.until([&] { return rig.notes(delos).has("other"); }));
  rig.take_down(delos);
  rig.open(delos, {sncf});
  // All that may read it confirm what is held of it.
  REQUIRE(rig.until([&] { return rig.session() && rig.node(delos).reachable("bleu"); }));
  rig.session()->send(Heads{});
  REQUIRE(rig.connected(delos, sncf));
  CHECK(rig.say("mine again").log.epoch != 77);
}
