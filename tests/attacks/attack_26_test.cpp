// Attack 26: bit rot in the store is named, fetched again from a peer, and never skipped in silence.
#include "mesh/store/memory_medium.hpp"
#include "tests/attacks/hostile_agent.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

std::vector<Published> publish_three(NodeRig& rig, std::size_t index, const Audience& audience,
                                     Tlp tlp) {
  std::vector<Published> out;
  for (const auto* text : {"one", "two", "three"}) {
    const auto done = rig.publish(index, {rig.note(index, tlp, audience, text)});
    REQUIRE(done);
    out.push_back(done->front());
  }
  return out;
}

}  // namespace

TEST_CASE("attack 26: what rotted while the agent was down comes again from a peer") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  const bool sealed = GENERATE(false, true);
  const auto placed = publish_three(rig, 1, sealed ? orgs({"bleu", "delos"}) : everybody,
                                    sealed ? Tlp::amber : Tlp::green);
  REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == 3; }));
  rig.close(0);
  rig.backing(0)->rotten[{placed[1].log, placed[1].sequence}] = true;

  rig.mend = true;
  rig.open(0);
  CHECK(rig.notes(0).has("one"));
  CHECK_FALSE(rig.notes(0).has("two"));
  CHECK(rig.notes(0).has("three"));
  rig.node(0).add_peer(rig.federation.peer(1, {rig.node(1).listening()}));
  REQUIRE(rig.until([&] { return rig.notes(0).has("two"); }));
  REQUIRE(rig.until([&] { return rig.backing(0)->rotten.empty(); }));
  CHECK(rig.node(0).heads_digest("delos") == rig.node(1).heads_digest("bleu"));
  const auto found = rig.node(0).find(placed[1].id);
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->sequence == placed[1].sequence);
}

TEST_CASE("attack 26: an agent whose own log rotted gets it back and signs under a new epoch") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  const auto placed = publish_three(rig, 1, everybody, Tlp::green);
  REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == 3; }));
  rig.close(1);
  const bool last = GENERATE(false, true);
  const auto& lost = placed[last ? 2 : 1];
  rig.backing(1)->rotten[{lost.log, lost.sequence}] = true;
  rig.mend = true;
  rig.open(1, {0});
  REQUIRE(rig.until([&] { return rig.notes(1).has(last ? "three" : "two"); }));
  const auto next = rig.publish(1, {rig.note(1, Tlp::green, everybody, "after")});
  REQUIRE(next);
  CHECK(next->front().log.epoch != placed[0].log.epoch);
  REQUIRE(rig.until([&] { return rig.notes(0).has("after"); }));
  CHECK(rig.node(0).forks().empty());
  CHECK(rig.node(1).forks().empty());
}

TEST_CASE("attack 26: one rotten batch does not hold back those after it") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(1);
  const auto placed = publish_three(rig, 1, everybody, Tlp::green);
  rig.backing(1)->rotten[{placed[0].log, placed[0].sequence}] = true;
  rig.open(0, {1});
  REQUIRE(rig.until([&] { return rig.notes(0).has("two") && rig.notes(0).has("three"); }));
  CHECK_FALSE(rig.notes(0).has("one"));
}

TEST_CASE("attack 26: a damaged store stops the start, naming what rotted, unless it is mended") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(1);
  const auto placed = publish_three(rig, 1, everybody, Tlp::green);
  rig.close(1);
  rig.backing(1)->rotten[{placed[1].log, placed[1].sequence}] = true;
  const auto store = open_memory_store(rig.real.world(), rig.backing(1));
  const auto opened = Node::open(rig.real.world(), *store, rig.federation.options(1), {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::corrupt);
  CHECK(opened.error().message.find("batch 2 of " + short_name(placed[1].log)) !=
        std::string::npos);
  CHECK(opened.error().hint.find("--mend") != std::string::npos);
}

TEST_CASE("attack 26: more rotten places than a head can name are mended bit by bit") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  std::vector<Published> placed;
  const int count = 2 * int(head_ranges_max) + 20;
  for (int i = 0; i < count; ++i)
    placed.push_back(
        rig.publish(1, {rig.note(1, Tlp::green, everybody, "n" + std::to_string(i))})->front());
  REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == std::size_t(count); }));
  rig.close(0);
  for (int i = 1; i < count; i += 2)
    rig.backing(0)->rotten[{placed[std::size_t(i)].log, placed[std::size_t(i)].sequence}] = true;
  rig.mend = true;
  rig.open(0);
  rig.node(0).add_peer(rig.federation.peer(1, {rig.node(1).listening()}));
  REQUIRE(rig.until([&] { return rig.backing(0)->rotten.empty(); }, std::chrono::seconds(30)));
  REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == std::size_t(count); }));
  CHECK(rig.node(0).heads_digest("delos") == rig.node(1).heads_digest("bleu"));
}

TEST_CASE("attack 26: what rotted is mended by the batch that stood there, and by no other") {
  SimRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  HostileAgent author(rig, 1);
  std::vector<Batch> said;
  const auto after = [&](std::size_t count, std::string_view text) {
    return author.sign(author.log(), text, rig.universe.wall(), count + 1,
                       count == 0 ? Digest() : said[count - 1].id);
  };
  const auto hand_over = [&](const Bytes& encoded) {
    auto& line = author.dial(0);
    author.say(line, BatchMessage{encoded, true});
    rig.run_for(std::chrono::milliseconds(500));
    return line.ended;
  };
  for (const auto* text : {"one", "two", "three"}) {
    said.push_back(after(said.size(), text));
    REQUIRE_FALSE(hand_over(said.back().encoded));
  }
  REQUIRE(rig.notes(0).durable.size() == 3);
  const std::size_t lost = GENERATE(1, 2);
  auto& rotten = rig.disk(0).rotten;
  rotten[{author.log(), lost + 1}] = true;

  auto altered = said[lost].encoded;
  altered.back() ^= 1;
  CHECK(hand_over(altered));
  CHECK(rotten.size() == 1);
  CHECK_FALSE(hand_over(after(lost, "another").encoded));
  CHECK(rotten.size() == 1);
  CHECK(rig.refused(0, 1).at("fork") == 1);
  CHECK(rig.node(0).forks().size() == (lost == 1 ? 1 : 0));  // Of the last nothing is left to prove it.

  CHECK_FALSE(hand_over(said[lost].encoded));
  CHECK(rotten.empty());
  CHECK(rig.node(0).counters().mended == 1);
}
