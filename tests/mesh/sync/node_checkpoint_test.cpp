#include "tests/catch.hpp"
#include "tests/mesh/sync/aging_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

/// Delos says twenty things that expire soon, each in a batch of its own, and two that do not.
struct Aged : AgingNodes {
  Aged() {
    for (int i = 0; i < 22; ++i) {
      const bool stays = i == 3 || i == 11;
      const auto said = say(delos, indicator(delos, fmt::format("v{}.example", i), stays ? 400h : 1h));
      (stays ? live : gone).push_back(said.id);
      log = said.log;
    }
    say(delos, indicator(delos, "last.example", 400h));
    REQUIRE(until([&] { return holds(bleu, gone.back()) && holds(bleu, live.back()); }));
    (void)universe.run_for(1s);
    pass(26h);
  }
  std::uint64_t base(std::size_t who) {
    const auto bases = read_bases(store(who));
    REQUIRE(bases);
    const auto at = bases->find(log);
    return at == bases->end() ? 0 : at->second.base;
  }
  std::vector<Digest> gone, live;
  LogKey log;
};

/// Counts what is shown as new.
class Counter final : public Observer {
 public:
  void on_verified(const Delivered& batch) override {
    for (const auto& record : batch.records) ++seen[record.id()];
  }
  void on_durable(const Delivered&) override {}
  std::map<Digest, int> seen;
};

}  // namespace

TEST_CASE("an author signs what is live again, and its log begins later, with everybody") {
  Aged nodes;
  const auto done = nodes.compact(delos);
  REQUIRE(done);
  CHECK(done->dropped == 20);
  CHECK(done->reappended == 2);
  CHECK(done->checkpoints == 1);
  CHECK(nodes.base(delos) == 22);
  REQUIRE(nodes.until([&] { return nodes.base(bleu) == 22; }));
  for (const auto& id : nodes.live) {
    CHECK(nodes.holds(delos, id));
    CHECK(nodes.holds(bleu, id));
  }
  // The old copies of what lives on go as well, with the next compaction; nothing else happens.
  const auto again = nodes.compact(delos);
  CHECK(again->dropped == 2);
  CHECK(again->checkpoints == 0);
  CHECK(nodes.compact(bleu)->dropped == 22);
  for (const auto& id : nodes.live) {
    CHECK(nodes.holds(delos, id));
    CHECK(nodes.holds(bleu, id));
  }
  CHECK(nodes.node(bleu).heads_digest("delos") == nodes.node(delos).heads_digest("bleu"));
  for (const auto who : {bleu, delos}) {
    const auto audit = verify_archive(nodes.store(who), nodes.federation.charter);
    REQUIRE(audit);
    CHECK(audit->first_bad == "");
    CHECK(audit->dropped == 22);
  }
}

TEST_CASE("what was signed again is nothing new to anybody, also after a restart") {
  Counter counter;
  Aged nodes;
  nodes.watcher = [&](std::size_t) { return &counter; };
  nodes.restart(bleu);
  REQUIRE(nodes.connected(bleu, delos));
  const auto before = counter.seen;
  REQUIRE(before.at(nodes.live.front()) == 1);
  REQUIRE(nodes.compact(delos)->reappended == 2);
  REQUIRE(nodes.until([&] { return nodes.base(bleu) == 22; }));
  for (const auto& id : nodes.live) CHECK(counter.seen.at(id) == 1);
  CHECK(nodes.compact(bleu)->dropped == 22);
  counter.seen.clear();
  nodes.restart(bleu);
  for (const auto& id : nodes.live) CHECK(counter.seen[id] == 1);
  for (const auto& id : nodes.gone) CHECK(counter.seen[id] == 0);
}

TEST_CASE("a newcomer begins at the base, lacks nothing that is live and has no gap") {
  Aged nodes;
  REQUIRE(nodes.compact(delos)->checkpoints == 1);
  nodes.compact(delos);
  nodes.take_down(bleu);
  nodes.forget(bleu);
  nodes.open(bleu);
  REQUIRE(nodes.connected(bleu, delos));
  REQUIRE(nodes.until([&] { return nodes.base(bleu) == 22; }));
  for (const auto& id : nodes.live) CHECK(nodes.holds(bleu, id));
  for (const auto& id : nodes.gone) CHECK_FALSE(nodes.holds(bleu, id));
  CHECK(nodes.node(bleu).heads_digest("delos") == nodes.node(delos).heads_digest("bleu"));
  (void)nodes.universe.run_for(1s);
  nodes.restart(bleu);
  CHECK(nodes.node(bleu).heads_digest("delos") == nodes.node(delos).heads_digest("bleu"));
  const auto audit = verify_archive(nodes.store(bleu), nodes.federation.charter);
  REQUIRE(audit);
  CHECK(audit->first_bad == "");
  REQUIRE(nodes.connected(bleu, delos));
  for (const auto& peer : nodes.node(bleu).peers()) CHECK(peer.behind == 0);
}

TEST_CASE("a crash between signing again and the checkpoint does no harm: the next one goes on") {
  for (int turns = 1; turns < 60; turns += 2) {
    Aged nodes;
    nodes.machine(delos).world().loop.spawn([](Node& node) -> Task<void> {
      auto task = node.compact(false);
      (void)co_await task;
    }(nodes.node(delos)));
    (void)nodes.universe.run_for(std::chrono::microseconds(400 * turns));
    nodes.restart(delos);
    REQUIRE(nodes.connected(bleu, delos));
    (void)nodes.universe.run_for(4s);  // Until it knows under which epoch it may sign.
    std::uint64_t reappended = 0;
    for (int i = 0; i < 3; ++i) reappended += nodes.compact(delos)->reappended;
    CHECK(reappended <= 2);
    (void)nodes.until([&] { return nodes.base(bleu) == 22 && nodes.base(delos) == 22; });
    CAPTURE(turns, reappended, nodes.node(delos).compaction().stubs,
            nodes.node(bleu).compaction().checkpoints_refused);
    CHECK(nodes.base(delos) == 22);
    REQUIRE(nodes.base(bleu) == 22);
    nodes.compact(bleu);
    for (const auto& id : nodes.live) CHECK(nodes.holds(bleu, id));
    for (const auto& id : nodes.live) CHECK(nodes.holds(delos, id));
    for (const auto& id : nodes.gone) CHECK_FALSE(nodes.holds(delos, id));
  }
}

TEST_CASE("a checkpoint that leaves out what is live here is not believed, and all is kept") {
  Aged nodes;
  const auto id = [&](std::uint64_t sequence) {
    const auto held = nodes.store(delos).batch(nodes.log, sequence);
    return crypto::blake2b(ByteView(*held->value().encoded).first(batch_header_bytes));
  };
  // It says that nothing up to 22 is live.
  const Checkpoint lie{nodes.log, 22, id(22), 0, {}, {}};
  const auto record = encode_checkpoint(nodes.header(delos, RecordKind::checkpoint), lie).value();
  nodes.say(delos, {RecordKind::checkpoint, green, to_all, LogClass::indicator, record});
  REQUIRE(nodes.until([&] { return nodes.node(bleu).compaction().checkpoints_refused == 1; }));
  CHECK(nodes.base(bleu) == 0);
  REQUIRE(nodes.compact(bleu));
  CHECK(nodes.node(bleu).compaction().checkpoints_refused == 1);
  for (const auto& live : nodes.live) CHECK(nodes.holds(bleu, live));
}

TEST_CASE("a retraction outlives all copies of what it retracts, and reaches newcomers") {
  Aged nodes;
  const auto target = nodes.live.front();
  nodes.take_down(bleu);
  const auto word = nodes.say(delos, nodes.retraction(delos, target));
  REQUIRE(nodes.compact(delos)->reappended == 2);  // A day has not passed: it is kept so long.
  nodes.pass(26h);
  nodes.compact(delos);
  nodes.compact(delos);
  CHECK(nodes.holds(delos, word.id));
  nodes.forget(bleu);
  nodes.open(bleu);
  REQUIRE(nodes.connected(bleu, delos));
  REQUIRE(nodes.until([&] { return nodes.holds(bleu, word.id); }));
  CHECK(nodes.until([&] { return nodes.holds(bleu, nodes.live.back()); }));
}

TEST_CASE("a sealed log begins later too, for its readers alone") {
  AgingNodes nodes;
  std::vector<Digest> live;
  for (int i = 0; i < 22; ++i) {
    auto draft = nodes.indicator(delos, fmt::format("s{}.example", i), i % 11 == 3 ? 400h : 1h);
    auto record = view_record(draft.record).value();
    auto header = record.header;
    header.marking = draft.marking = {Tlp::amber, Pap::green};
    draft.record = encode_indicator(header, view_indicator(record).value());
    draft.audience = to_both;
    const auto said = nodes.say(delos, std::move(draft));
    if (i % 11 == 3) live.push_back(said.id);
  }
  nodes.say(delos, nodes.note(delos, Tlp::amber, to_both, "the last", LogClass::indicator));
  REQUIRE(nodes.until([&] { return nodes.notes(bleu).has("the last"); }));
  (void)nodes.universe.run_for(1s);
  nodes.pass(26h);
  const auto done = nodes.compact(delos);
  REQUIRE(done);
  CHECK(done->dropped == 20);
  CHECK(done->reappended == 2);
  CHECK(done->checkpoints == 1);
  (void)nodes.universe.run_for(2s);
  CHECK(nodes.compact(bleu)->dropped == 22);
  nodes.compact(delos);
  nodes.restart(bleu);
  REQUIRE(nodes.connected(bleu, delos));
  for (const auto& id : live) CHECK(nodes.holds(bleu, id));
  for (const auto& id : live) CHECK(nodes.holds(delos, id));
  CHECK(nodes.notes(bleu).has("the last"));
  CHECK(nodes.node(bleu).heads_digest("delos") == nodes.node(delos).heads_digest("bleu"));
  const auto audit = verify_archive(nodes.store(bleu), nodes.federation.charter);
  REQUIRE(audit);
  CHECK(audit->first_bad == "");
  CHECK(audit->dropped == 22);
  nodes.take_down(bleu);
  nodes.forget(bleu);
  nodes.open(bleu);
  REQUIRE(nodes.until([&] { return nodes.holds(bleu, live.front()) && nodes.holds(bleu, live.back()); }));
  REQUIRE(nodes.until([&] {
    return nodes.node(bleu).heads_digest("delos") == nodes.node(delos).heads_digest("bleu");
  }));
}
