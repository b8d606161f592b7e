#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

// Two organisations on simulated machines, whose clocks the test sets.
struct Pair {
  SimUniverse universe{5};
  Federation federation{{{"bleu"}, {"delos"}}, universe.wall(), 5};
  SimMachine& bleu_machine = universe.add_machine("bleu-1");
  SimMachine& delos_machine = universe.add_machine("delos-1");
  Notebook bleu_notes, delos_notes;
  std::unique_ptr<Store> bleu_store, delos_store;
  std::unique_ptr<Node> bleu, delos;

  ~Pair() {
    bleu_machine.crash();
    delos_machine.crash();
    bleu.reset();
    delos.reset();
  }
  void open_bleu() {
    auto& world = bleu_machine.world();
    bleu_store = open_memory_store(world, make_memory_backing());
    auto options = federation.options(0);
    options.listen = bleu_machine.address(7700).text;
    bleu = Node::open(world, *bleu_store, std::move(options), {&bleu_notes}).value();
  }
  Result<void> open_delos(std::vector<crypto::Certificate> certificates) {
    auto& world = delos_machine.world();
    delos_store = open_memory_store(world, make_memory_backing());
    auto options = federation.options(1);
    options.certificates = std::move(certificates);
    options.peers.push_back(federation.peer(0, {bleu_machine.address(7700).text}));
    auto opened = Node::open(world, *delos_store, std::move(options), {&delos_notes});
    if (!opened) return std::unexpected(opened.error());
    delos = std::move(*opened);
    return {};
  }
  crypto::Certificate certificate_until(WallTime not_after) {
    auto body = federation.agents[1].certificates.front().body;
    body.not_before = not_after - std::chrono::hours(24);
    body.not_after = not_after;
    return crypto::certify(body, federation.root(1), federation.charter.federation);
  }
  bool connected() const { return bleu->reachable("delos") && delos->reachable("bleu"); }
};

}  // namespace

TEST_CASE("attack 5: an agent whose certificate has expired is refused, whatever its own clock says") {
  Pair pair;
  pair.open_bleu();
  // Half an hour slow, it holds its certificate for valid; the other side knows better.
  pair.delos_machine.set_skew(-30min);
  REQUIRE(pair.open_delos({pair.certificate_until(pair.universe.wall() - 10min)}));
  REQUIRE(pair.universe.run_for(30s));
  CHECK_FALSE(pair.bleu->reachable("delos"));
  CHECK_FALSE(pair.delos->reachable("bleu"));

  // Nothing but the time stood between them: a clock before the expiry lets it in.
  pair.bleu_machine.set_skew(-30min);
  CHECK(pair.universe.run_while_not([&] { return pair.connected(); }, 120s));
}

TEST_CASE("attack 5: an agent whose clock is outside its certificate does not start and says why") {
  for (const Duration skew : {Duration(-24h), Duration(32 * 24h)}) {
    Pair pair;
    pair.open_bleu();
    pair.delos_machine.set_skew(skew);
    const auto opened = pair.open_delos(pair.federation.agents[1].certificates);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::expired);
    CHECK(opened.error().message.find("clock") != std::string::npos);
  }
}
