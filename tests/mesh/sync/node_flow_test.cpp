#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/endpoint.hpp"
#include "tests/mesh/sync/holder.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, delos = 1;

/// A true node of bleu, and an agent of delos that says whatever the test likes on bulk.
struct Rig : SimNodes {
  explicit Rig(SimFaults faults = {}) : SimNodes({{"bleu"}, {"delos"}}, faults) {
    open(bleu);
    peer.emplace(machine(delos), federation, delos);
    author.emplace(machine(delos).world(), federation, delos);
    peer->connections.add_peer(federation.peer(bleu, {address(bleu)}));
    REQUIRE(until([&] { return bulk() && status().lanes == 1; }));
  }
  ~Rig() {
    machine(delos).crash();
    peer.reset();
    author.reset();
  }
  std::shared_ptr<Session> bulk() {
    return peer->connections.find(federation.agents[bleu].id, Purpose::bulk);
  }
  PeerStatus status() { return node(bleu).peers().at(0); }
  Batch write(std::size_t bytes) {
    return author->publish(author->case_log(), {author->note(std::string(bytes, 'x'))});
  }
  std::optional<Flow> granted() {
    std::optional<Flow> out;
    for (const auto& message : peer->messages)
      if (const auto* flow = std::get_if<Flow>(&message)) out = *flow;
    return out;
  }

  std::optional<Endpoint> peer;
  std::optional<Holder> author;
};

}  // namespace

TEST_CASE("credit comes back once a batch is on disk") {
  Rig rig;
  const auto batch = rig.write(40 * 1024);
  CHECK(rig.bulk()->send_batch(batch.encoded, true));
  REQUIRE(rig.until([&] { return rig.granted().has_value(); }));
  CHECK(rig.notes(bleu).durable.size() == 1);
  CHECK(rig.granted()->cases >= CreditWindow::bytes_min + batch.encoded.size());
}

TEST_CASE("a peer that sends more than it was granted loses its session") {
  SimFaults slow_disk;
  slow_disk.work_min = slow_disk.work_max = 100ms;
  Rig rig(slow_disk);
  const auto held = rig.bulk();
  // Faster than the disk: nothing is credited meanwhile.
  for (int i = 0; i < 12; ++i) CHECK(held->send_batch(rig.write(200 * 1024).encoded, true));
  REQUIRE(rig.until([&] { return held->closed(); }, 300ms));
  CHECK(rig.status().refused.at("beyond_credit") == 1);
  CHECK(rig.notes(bleu).verified.size() < 12);
}

TEST_CASE("batches that are held already take up no credit") {
  Rig rig;
  const auto batch = rig.write(10 * 1024);
  CHECK(rig.bulk()->send_batch(batch.encoded, true));
  REQUIRE(rig.until([&] { return rig.notes(bleu).durable.size() == 1; }));
  const auto held = rig.bulk();
  for (int i = 0; i < 50; ++i) CHECK(held->send_batch(batch.encoded, true));
  (void)rig.universe.run_for(500ms);
  CHECK_FALSE(held->closed());
  CHECK(rig.node(bleu).counters().duplicates == 50);
}

TEST_CASE("an answer waits for credit, and goes on when it is granted") {
  Rig rig;
  std::vector<Draft> drafts;
  for (const char c : {'a', 'b', 'c', 'd'})
    drafts.push_back(rig.note(bleu, Tlp::green, to_all, std::string(60 * 1024, c)));
  const auto places = rig.publish(bleu, std::move(drafts)).value();
  const auto log = places.at(0).log;
  for (int i = 0; i < 6; ++i)
    REQUIRE(rig.publish(bleu, {rig.note(bleu, Tlp::green, to_all,
                                        std::string(50 * 1024, char('k' + i)))}));
  rig.peer->messages.clear();
  CHECK(rig.bulk()->send(Pull{5, {{log, {1, 7}}}}));
  const auto ended = [&] {
    return std::any_of(rig.peer->messages.begin(), rig.peer->messages.end(),
                       [](const Message& m) { return std::holds_alternative<PullEnd>(m); });
  };
  CHECK_FALSE(rig.until(ended, 2s));
  const std::uint64_t least = CreditWindow::bytes_min;
  CHECK(rig.bulk()->send(Flow{least, 1 << 20, least}));
  CHECK(rig.until(ended, 2s));
}

TEST_CASE("a large backlog over a long link is fetched over several lanes, which end with it") {
  SimFaults far;
  far.link.delay = 40ms;
  SimNodes nodes({{"bleu"}, {"delos"}}, far);
  nodes.open(bleu);
  for (int i = 0; i < 40; ++i) {
    std::vector<Draft> drafts;
    drafts.push_back(nodes.note(bleu, Tlp::green, to_all, std::string(240 * 1024, char('A' + i))));
    REQUIRE(nodes.publish(bleu, std::move(drafts)));
  }
  nodes.open(delos, {bleu});
  const auto lanes = [&] { return nodes.node(delos).peers().at(0).lanes; };
  std::size_t most = 0;
  CHECK(nodes.until([&] {
    most = std::max(most, lanes());
    return nodes.notes(delos).durable.size() == 40;
  }, 60s));
  CHECK(most >= 2);
  CHECK(most <= lanes_max);
  CHECK(nodes.until([&] { return lanes() == 1; }, 10s));
}

TEST_CASE("a peer that takes credit back is at fault") {
  Rig rig;
  const auto held = rig.bulk();
  CHECK(held->send(Flow{}));
  CHECK(rig.until([&] { return held->closed(); }, 500ms));
}
