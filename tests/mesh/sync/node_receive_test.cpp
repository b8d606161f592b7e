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

/// A true node of bleu, and an agent of delos that says whatever the test likes.
struct Rig : SimNodes {
  Rig() : SimNodes({{"bleu"}, {"delos"}, {"sncf"}}) {
    open(bleu);
    peer.emplace(machine(delos), federation, delos);
    author.emplace(machine(delos).world(), federation, delos);
    peer->connections.add_peer(federation.peer(bleu, {address(bleu)}));
    REQUIRE(until([&] { return session() && node(bleu).reachable("delos"); }));
  }
  ~Rig() {
    machine(delos).crash();
    peer.reset();
    author.reset();
  }
  std::shared_ptr<Session> session() {
    return peer->connections.find(federation.agents[bleu].id, Purpose::live);
  }
  void send(const Batch& batch) { CHECK(session()->send_batch(batch.encoded, true)); }
  std::uint64_t refused(const std::string& reason) {
    const auto counters = node(bleu).counters();
    const auto at = counters.refused.find(reason);
    return at == counters.refused.end() ? 0 : at->second;
  }
  bool throws_out() {
    const auto held = session();
    return until([&] { return held->closed(); }, 500ms);
  }
  bool stays() {
    const auto held = session();
    (void)universe.run_for(500ms);
    return session() == held && !held->closed();
  }

  std::optional<Endpoint> peer;
  std::optional<Holder> author;
};

}  // namespace

TEST_CASE("a batch that was pushed is durable here, once") {
  Rig rig;
  const auto batch = rig.author->publish(rig.author->case_log(), {rig.author->note("hello")});
  rig.send(batch);
  rig.send(batch);
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("hello"); }));
  CHECK(rig.notes(bleu).durable.at("hello") == "delos");
  CHECK(rig.stays());
  CHECK(rig.node(bleu).counters().received == 2);
  CHECK(rig.node(bleu).counters().duplicates == 1);
}

TEST_CASE("a peer that hands over a forged or malformed batch loses its session") {
  for (const std::size_t place : {std::size_t(0), batch_header_bytes}) {
    Rig rig;
    auto batch = rig.author->publish(rig.author->case_log(), {rig.author->note("forged")});
    batch.encoded[place] ^= 0x40;
    rig.send(batch);
    CHECK(rig.throws_out());
    CHECK(rig.refused(place == 0 ? "format" : "signature") == 1);
    CHECK(rig.notes(bleu).verified.empty());
  }
}

TEST_CASE("a peer that breaks its own chain is refused the batch and keeps its session") {
  Rig rig;
  rig.send(rig.author->publish(rig.author->case_log(), {rig.author->note("1")}));
  rig.author->forget(rig.author->case_log());
  rig.author->sign(rig.author->case_log(), {rig.author->note("another 1")});
  rig.send(rig.author->sign(rig.author->case_log(), {rig.author->note("2")}));
  CHECK(rig.stays());
  CHECK(rig.refused("broken_chain") == 1);
  CHECK_FALSE(rig.notes(bleu).has("2"));
}

TEST_CASE("a fork freezes its author's epoch and ends no session") {
  Rig rig;
  const auto log = rig.author->case_log();
  rig.send(rig.author->sign(log, {rig.author->note("to some")}));
  rig.author->forget(log);
  rig.send(rig.author->sign(log, {rig.author->note("to others")}));
  CHECK(rig.stays());
  REQUIRE(rig.node(bleu).forks().size() == 1);
  CHECK(rig.node(bleu).forks()[0].log == log);
  CHECK_FALSE(rig.notes(bleu).has("to others"));
}

TEST_CASE("a sealed batch that comes before its scope waits for it") {
  Rig rig;
  const auto [log, announced] = rig.author->open_scope(to_both);
  rig.send(rig.author->publish(log, {rig.author->note("hush", Tlp::amber)}));
  CHECK(rig.stays());
  CHECK(rig.node(bleu).counters().waiting == 1);
  CHECK_FALSE(rig.notes(bleu).has("hush"));
  rig.send(announced);
  CHECK(rig.until([&] { return rig.notes(bleu).has("hush"); }));
}

TEST_CASE("what waits for its scope is asked of nobody again, and its copies do not wait beside it") {
  Rig rig;
  const auto [log, announced] = rig.author->open_scope(to_both);
  const auto hush = rig.author->publish(log, {rig.author->note("hush", Tlp::amber)});
  rig.author->publish(log, {rig.author->note("more", Tlp::amber)});
  rig.send(hush);
  rig.send(hush);
  CHECK(rig.stays());
  CHECK(rig.node(bleu).counters().waiting == 1);
  CHECK(rig.node(bleu).counters().duplicates == 1);

  rig.session()->send(Heads{{*rig.author->catalogue.heads().find(log)}, false});
  (void)rig.universe.run_for(2s).value();
  std::vector<PullRange> asked;
  for (const auto& message : rig.peer->messages)
    if (const auto* pull = std::get_if<Pull>(&message))
      asked.insert(asked.end(), pull->ranges.begin(), pull->ranges.end());
  REQUIRE_FALSE(asked.empty());
  for (const auto& range : asked) CHECK(range == PullRange{log, {2, 2}});

  rig.send(announced);
  CHECK(rig.until([&] { return rig.notes(bleu).has("hush"); }));
  CHECK(rig.node(bleu).counters().duplicates == 1);
}

TEST_CASE("no more of one author waits for its scope than its share") {
  Rig rig;
  const auto [log, announced] = rig.author->open_scope(to_both);
  const std::string large(200 * 1024, 'x');
  std::size_t bytes = 0;
  while (bytes <= MeshNode::waiting_share_max) {
    const auto batch = rig.author->publish(log, {rig.author->note(large, Tlp::amber),
                                                 rig.author->note(large + "y", Tlp::amber)});
    bytes += batch.encoded.size();
    rig.send(batch);
    REQUIRE(rig.stays());
  }
  CHECK(rig.refused("waiting_full") == 1);
}

TEST_CASE("an agent that speaks another protocol is told nothing more") {
  Rig rig;
  Hello hello;
  hello.protocol = protocol_version + 1;
  CHECK(rig.session()->send(hello));
  CHECK(rig.throws_out());
}

TEST_CASE("what is asked for beyond the audience is not given") {
  Rig rig;
  const auto place =
      rig.publish(bleu, {rig.note(bleu, Tlp::amber, {false, {"bleu"}, {}}, "not yours")})
          .value()
          .at(0);
  REQUIRE(rig.until([&] {
    return rig.peer->connections.find(rig.federation.agents[bleu].id, Purpose::bulk) != nullptr;
  }));
  rig.peer->messages.clear();
  const auto bulk = rig.peer->connections.find(rig.federation.agents[bleu].id, Purpose::bulk);
  CHECK(bulk->send(Pull{77, {{place.log, {1, 1}}}}));
  const auto ended = [&] {
    for (const auto& message : rig.peer->messages)
      if (const auto* end = std::get_if<PullEnd>(&message)) return end->id == 77;
    return false;
  };
  REQUIRE(rig.until(ended));
  for (const auto& message : rig.peer->messages)
    if (const auto* batch = std::get_if<BatchMessage>(&message))
      CHECK(parse_batch(batch->encoded)->header.log != place.log);
}

TEST_CASE("a live record goes on to the other agents of the organisation that received it") {
  SimNodes nodes({{"bleu"}, {"delos", crypto::OrgRole::operator_, 2}});
  nodes.open(0);
  nodes.open(1, {0});
  nodes.open(2, {1});
  REQUIRE(nodes.connected(0, 1));
  REQUIRE(nodes.connected(1, 2));
  REQUIRE(nodes.publish(0, {nodes.note(0, Tlp::amber, to_both, "pass it on")}));
  REQUIRE(nodes.until([&] { return nodes.notes(2).has("pass it on"); }));
  CHECK(nodes.notes(2).durable.at("pass it on") == "delos");
}

TEST_CASE("a revoked agent is thrown out by those who hear of it") {
  Rig rig;
  const Marking marking{Tlp::green, Pap::green};
  auto record = encode_revocation(
      {RecordKind::revocation, marking, rig.universe.wall(), rig.node(bleu).author()},
      {"delos", rig.federation.agents[delos].id, rig.universe.wall(), "key lost", {}},
      rig.federation.root(1), rig.federation.charter.federation);
  const auto held = rig.session();
  REQUIRE(rig.publish(bleu, {{RecordKind::revocation, marking, to_all, LogClass::control,
                              std::move(record)}}));
  CHECK(rig.node(bleu).is_revoked(rig.federation.agents[delos].id));
  CHECK(rig.until([&] { return held->closed(); }, 5s));
}

TEST_CASE("a full store takes nothing in, blames nobody, and fetches it once there is room") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(0);
  nodes.open(1, {0});
  REQUIRE(nodes.connected(0, 1));
  nodes.disk(0).size_max = nodes.disk(0).bytes + 12'000;
  for (int i = 0; i < 10; ++i)
    REQUIRE(nodes.publish(1, {nodes.note(1, Tlp::green, to_all, fmt::format("note {}", i))}));
  nodes.until([] { return false; }, std::chrono::seconds(5));
  CHECK(nodes.node(0).counters().refused["store_full"] > 0);
  CHECK(nodes.notes(0).has("note 0"));
  CHECK_FALSE(nodes.notes(0).has("note 9"));
  CHECK_FALSE(nodes.notes(0).failed);
  CHECK(nodes.node(0).reachable("delos"));
  // It is not asked for over and over meanwhile.
  const auto before = nodes.node(0).counters().received;
  nodes.until([] { return false; }, std::chrono::seconds(5));
  CHECK(nodes.node(0).counters().received == before);
  // What concerns trust does not wait: a revocation is taken, or its agent would go on.
  auto trust = nodes.note(1, Tlp::green, to_all, "about trust");
  trust.log_class = LogClass::control;
  REQUIRE(nodes.publish(1, {trust}));
  CHECK(nodes.until([&] { return nodes.notes(0).has("about trust"); }));
  CHECK_FALSE(nodes.notes(0).has("note 9"));

  nodes.disk(0).size_max = 1 << 30;
  REQUIRE(nodes.until([&] { return nodes.notes(0).has("note 9"); }));
  REQUIRE(nodes.until([&] {
    return nodes.node(0).heads_digest("delos") == nodes.node(1).heads_digest("bleu");
  }));
}
