#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("two agents connect over real sockets and a record crosses at once") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  const auto published =
      rig.publish(1, {rig.note(1, Tlp::green, everybody, "hello", LogClass::urgent)});
  REQUIRE(published);
  CHECK(published->size() == 1);
  REQUIRE(rig.until([&] { return rig.notes(0).has("hello"); }));
  CHECK(rig.notes(0).durable["hello"] == "delos");
  CHECK(rig.node(0).heads_digest("delos") == rig.node(1).heads_digest("bleu"));
}

TEST_CASE("what was published while a peer was away reaches it when it comes") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1);
  for (int i = 0; i < 20; ++i)
    REQUIRE(rig.publish(1, {rig.note(1, i % 2 ? Tlp::green : Tlp::amber,
                                     i % 2 ? everybody : orgs({"bleu", "delos"}),
                                     "away " + std::to_string(i))}));
  rig.node(0).add_peer(rig.federation.peer(1, {rig.node(1).listening()}));
  REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == 20; }));
  CHECK(rig.node(0).heads_digest("delos") == rig.node(1).heads_digest("bleu"));
}

TEST_CASE("an agent that restarts goes on in its epoch once a partner confirms it") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  const auto first = rig.publish(1, {rig.note(1, Tlp::green, everybody, "before")});
  REQUIRE(first);
  REQUIRE(rig.until([&] { return rig.notes(0).has("before"); }));
  rig.close(1);
  rig.open(1, {0});
  CHECK(rig.notes(1).has("before"));
  const auto second = rig.publish(1, {rig.note(1, Tlp::green, everybody, "after")});
  REQUIRE(second);
  CHECK(second->front().log == first->front().log);
  CHECK(second->front().sequence == first->front().sequence + 1);
  REQUIRE(rig.until([&] { return rig.notes(0).has("after"); }));
}

TEST_CASE("an agent that nobody confirms opens a new epoch after three seconds") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  const auto first = rig.publish(1, {rig.note(1, Tlp::green, everybody, "before")});
  REQUIRE(first);
  rig.close(1);
  rig.close(0);
  rig.open(1, {0});
  const auto second = rig.publish(1, {rig.note(1, Tlp::green, everybody, "after")});
  REQUIRE(second);
  CHECK(second->front().log.epoch != first->front().log.epoch);
  CHECK(second->front().sequence == 1);
}

namespace {

constexpr std::size_t bleu = 0, delos = 1;

/// Delos knows four partners by their addresses, or as ones that dial it, and has a pair secret
/// with Bleu alone.
struct OneSecret : NodeRig {
  OneSecret() : NodeRig({{"bleu"}, {"delos"}, {"bsi"}, {"sncf"}, {"elbe"}}) { open(bleu); }
  ~OneSecret() { node.reset(); }
  void start(bool all_have_addresses) {
    node.reset();
    store = open_memory_store(real.world(), backing(delos));
    auto options = federation.options(delos);
    std::erase_if(options.secrets, [](const auto& pair) { return pair.peer_org != "bleu"; });
    options.peers = {federation.peer(bleu, {NodeRig::node(bleu).listening()})};
    for (const std::size_t other : {2, 3, 4})
      options.peers.push_back(federation.peer(
          other, all_have_addresses ? std::vector<std::string>{"127.0.0.1:1"}
                                    : std::vector<std::string>()));
    node = Node::open(real.world(), *store, std::move(options), {&notes}).value();
  }
  Published say(std::string_view text) {
    auto note = made_note(*node, {Tlp::green, Pap::green}, everybody, text, real.world().clock.wall());
    const auto said = real.complete(node->publish({std::move(note)}));
    REQUIRE(said);
    return said->front();
  }
  Notebook notes;
  std::unique_ptr<Store> store;
  std::unique_ptr<Node> node;
};

}  // namespace

TEST_CASE("an agent goes on in its epoch where all that can answer confirm it") {
  const bool all_have_addresses = GENERATE(true, false);
  OneSecret rig;
  rig.start(all_have_addresses);
  const auto first = rig.say("before");
  REQUIRE(rig.until([&] { return rig.NodeRig::notes(bleu).has("before"); }));
  rig.start(all_have_addresses);
  CHECK(rig.say("after").log == first.log);
}
