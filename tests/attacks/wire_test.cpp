// Attacks 1, 2, 3, 5, 7 and 9 against whole nodes: what an enemy on the wire, or a member whose
// agent was taken over, gets out of them.
#include "tests/attacks/hostile_agent.hpp"
#include "tests/attacks/second_signature.hpp"
#include "tests/attacks/tapped_wire.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

enum Who : std::size_t { bleu = 0, bsi = 1, delos = 2 };

SimRig three() { return SimRig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}}); }

std::uint64_t sum(const std::map<std::string, std::uint64_t>& counts) {
  std::uint64_t out = 0;
  for (const auto& [reason, count] : counts) out += count;
  return out;
}

// What the count of exactly one refusal more is called.
std::string added(const std::map<std::string, std::uint64_t>& before,
                  const std::map<std::string, std::uint64_t>& after) {
  if (sum(after) != sum(before) + 1) return fmt::format("{} more", sum(after) - sum(before));
  for (const auto& [reason, count] : after)
    if (!before.contains(reason) || before.at(reason) != count) return reason;
  return {};
}

// A certificate of delos's agent for the day that has `time` in its middle.
crypto::Certificate certificate_around(SimRig& rig, WallTime time) {
  auto body = rig.federation.agents[delos].certificates.front().body;
  body.not_before = time - 12h;
  body.not_after = time + 12h;
  return crypto::certify(body, rig.federation.root(delos), rig.federation.charter.federation);
}

}  // namespace

TEST_CASE("attack 1: whichever byte a relay flips, its session ends and it is the one counted") {
  // A relay that is at fault too often is shut out: each rig sees a few flips.
  constexpr std::size_t flips = 7;
  std::map<std::string, std::uint64_t> counted;
  std::size_t size = flips;
  for (std::size_t first = 0; first < size; first += flips) {
    auto rig = three();
    rig.open(bleu);
    rig.open(delos, {bleu});
    REQUIRE(rig.connected(bleu, delos));
    rig.node(delos).cut("bleu", true);
    HostileAgent relay(rig, bsi);
    relay.dial(delos);
    const auto said =
        rig.publish(delos, rig.note(delos, Tlp::green, all_members, "from delos"));
    REQUIRE(rig.until([&] { return relay.batches().size() > 0; }));
    const auto genuine = relay.batches().back().encoded;
    REQUIRE(relay.batches().back().header.log == said.log);
    size = genuine.size();

    auto* line = &relay.dial(bleu);
    for (auto at = first; at < std::min(first + flips, size); ++at) {
      CAPTURE(at);
      auto forged = genuine;
      forged[at] ^= 0x10;
      const auto before = rig.node(bleu).counters().refused;
      relay.say(*line, BatchMessage{forged, true});
      rig.run_for(20ms);
      const auto reason = added(before, rig.node(bleu).counters().refused);
      CAPTURE(reason);
      // Whose batch this claims to be is not known here, so nobody can be blamed for it.
      const bool nobodys = reason == "unknown_author" || reason == "expired";
      REQUIRE((nobodys || reason == "signature" || reason == "content" || reason == "format"));
      REQUIRE(line->ended == !nobodys);
      if (line->ended) line = &relay.dial(bleu);
    }
    CHECK(rig.notes(bleu).verified.empty());
    for (const auto& [reason, times] : rig.refused(bleu, bsi)) counted[reason] += times;
    CHECK(rig.refused(bleu, delos).empty());

    relay.say(*line, BatchMessage{genuine, true});
    CHECK(rig.until([&] { return rig.notes(bleu).has("from delos"); }, 1s));
  }
  CHECK(counted.at("signature") > 100);
  CHECK(counted.at("content") > 10);
}

TEST_CASE("attack 2: a recorded handshake, said again to the agent it was for, changes nothing") {
  auto rig = three();
  rig.open(bleu);
  TappedWire wire(rig, rig.address(bleu));
  REQUIRE(rig.try_open(delos, {{bleu, wire.address()}}));
  REQUIRE(rig.connected(bleu, delos));
  rig.run_for(1s);
  REQUIRE(wire.dialled.size() == 2);  // live and bulk
  for (const auto& said : wire.dialled) {
    wire.replay({said[0]});
    wire.replay({said[0], said[1]});
    rig.run_for(1s);
  }
  CHECK(rig.refused(bleu, delos).empty());
  CHECK(wire.ended == 0);
  CHECK(wire.dialled.size() == 2);
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "on the same session"));
  CHECK(rig.until([&] { return rig.notes(bleu).has("on the same session"); }, 1s));
}

TEST_CASE("attack 2: a greeting whose time does not grow replaces no session") {
  auto rig = three();
  rig.open(bleu);
  HostileAgent delos_taken_over(rig, delos);
  const auto time = rig.universe.wall();
  auto& first = delos_taken_over.dial(bleu, Purpose::live, time);
  rig.run_for(100ms);
  for (const auto said : {time, time - 1ms, WallTime{}}) {
    auto& again = delos_taken_over.dial(bleu, Purpose::live, said);
    CHECK(rig.until([&] { return again.ended; }, 1s));
    CHECK_FALSE(first.ended);
  }
  CHECK(rig.refused(bleu, delos).at("replayed_greeting") == 3);
}

TEST_CASE("attack 3: a replayed or swapped or dropped frame ends the session, and sequences resume") {
  auto rig = three();
  rig.open(bleu);
  TappedWire wire(rig, rig.address(bleu));
  REQUIRE(rig.try_open(delos, {{bleu, wire.address()}}));
  REQUIRE(rig.connected(bleu, delos));
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "before"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("before"); }));

  std::optional<Bytes> held;
  const TappedWire::Tamper replayed = [&](Bytes frame) {
    wire.tamper = nullptr;
    return std::vector<Bytes>{frame, frame};
  };
  const TappedWire::Tamper dropped = [&](Bytes) {
    wire.tamper = nullptr;
    return std::vector<Bytes>{};
  };
  const TappedWire::Tamper swapped = [&](Bytes frame) {
    if (!held) {
      held = std::move(frame);
      return std::vector<Bytes>{};
    }
    const auto first = std::move(*held);
    wire.tamper = nullptr;
    return std::vector<Bytes>{frame, first};
  };
  std::uint64_t times = 0;
  for (const auto& tamper : {replayed, dropped, swapped}) {
    CAPTURE(times);
    const auto lines_before = wire.dialled.size();
    wire.tamper = tamper;
    const auto text = fmt::format("meanwhile {}", ++times);
    rig.publish(delos, rig.note(delos, Tlp::green, all_members, text));
    // Two pings at most until the next frame shows it; far less than the silence of 3 s.
    REQUIRE(rig.until([&] { return rig.refused(bleu, delos)["unauthenticated"] == times; }, 2500ms));
    REQUIRE(rig.until([&] { return rig.notes(bleu).has(text); }));
    CHECK(rig.until([&] { return wire.dialled.size() > lines_before; }));
    REQUIRE(rig.connected(bleu, delos));
    rig.run_for(2s);
  }
  CHECK(rig.node(bleu).heads_digest("delos") == rig.node(delos).heads_digest("bleu"));
  CHECK(rig.node(bleu).forks().empty());
}

TEST_CASE("attack 5: an agent whose clock is a day off, either way, is refused by both ends") {
  for (const Duration skew : {Duration(-24h), Duration(24h)})
    for (const auto wrong : {bleu, delos}) {
      CAPTURE(skew.count(), int(wrong));
      auto rig = three();
      rig.open(bleu);
      HostileAgent stubborn(rig, delos);  // Dials with whatever certificate it has.
      stubborn.show(certificate_around(rig, rig.universe.wall()));
      auto& line = stubborn.dial(bleu);
      rig.run_for(100ms);
      REQUIRE(line.up);  // Both clocks are right.
      REQUIRE(rig.node(bleu).reachable("delos"));

      if (wrong == bleu)
        rig.machine(bleu).set_skew(skew);
      else
        stubborn.show(certificate_around(rig, rig.universe.wall() + skew));
      CHECK_FALSE(stubborn.dial(bleu).up);
    }
}

TEST_CASE("attack 5: a batch whose time lies outside its author's certificate is refused") {
  auto rig = three();
  rig.open(bleu);
  HostileAgent delos_taken_over(rig, delos);
  auto& line = delos_taken_over.dial(bleu);
  const auto& body = rig.federation.agents[delos].certificates.front().body;
  for (const auto time : {body.not_before - 1ms, body.not_after}) {
    const auto batch = delos_taken_over.sign(delos_taken_over.log(), "out of time", time);
    delos_taken_over.say(line, BatchMessage{batch.encoded, true});
  }
  rig.run_for(100ms);
  CHECK(rig.node(bleu).counters().refused == std::map<std::string, std::uint64_t>{{"expired", 2}});
  CHECK(rig.notes(bleu).verified.empty());
}

TEST_CASE("attack 7: a batch with a second valid signature is held already, and proves no fork") {
  auto rig = three();
  rig.open(bleu);
  HostileAgent delos_taken_over(rig, delos);
  auto& line = delos_taken_over.dial(bleu);
  const auto batch =
      delos_taken_over.sign(delos_taken_over.log(), "once", rig.universe.wall());
  delos_taken_over.say(line, BatchMessage{batch.encoded, true});
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("once"); }, 1s));

  auto again = batch.encoded;
  const auto key = rig.federation.options(delos);
  const auto other = second_signature(key.signing, rig.federation.charter.federation,
                                      batch.header_bytes());
  REQUIRE(other != batch.signature);
  std::copy(other.data.begin(), other.data.end(), again.begin() + batch_header_bytes);
  delos_taken_over.say(line, BatchMessage{again, true});
  rig.run_for(100ms);
  CHECK(rig.node(bleu).counters().duplicates == 1);
  CHECK(rig.node(bleu).counters().refused.empty());
  CHECK(rig.node(bleu).forks().empty());
  CHECK_FALSE(line.ended);
}

TEST_CASE("attack 9: what one organisation signs as another is refused by reader and by relay") {
  auto rig = three();
  rig.open(bleu);
  rig.open(bsi, {bleu});
  REQUIRE(rig.connected(bleu, bsi));
  const auto strict = rig.publish(
      bleu, rig.note(bleu, Tlp::amber_strict, {false, {"bleu", "delos"}, {}}, "strict"));
  rig.run_for(1s);
  HostileAgent delos_taken_over(rig, delos);
  for (const auto node : {bleu, bsi}) {
    CAPTURE(int(node));
    const auto carried = rig.node(node).counters().carried;
    const auto stored = rig.disk(node).batches.size();
    // As the other: the next batch of its open log, and of the sealed one.
    for (auto log : {LogKey{strict.log.agent, strict.log.epoch, {}, LogClass::case_}, strict.log}) {
      auto& line = delos_taken_over.dial(node);
      const auto key = rig.federation.entropy().make<crypto::SecretKey>();
      const auto forged = delos_taken_over.sign(log, "by bleu", rig.universe.wall(), 2,
                                                Digest{{1}}, log.scope.is_zero() ? nullptr : &key);
      delos_taken_over.say(line, BatchMessage{forged.encoded, true});
      CHECK(rig.until([&] { return line.ended; }, 1s));
    }
    // As itself, but in the scope that another made.
    auto log = delos_taken_over.log();
    log.scope = strict.log.scope;
    auto& line = delos_taken_over.dial(node);
    const auto key = rig.federation.entropy().make<crypto::SecretKey>();
    const auto foreign =
        delos_taken_over.sign(log, "in bleu's scope", rig.universe.wall(), 1, {}, &key);
    delos_taken_over.say(line, BatchMessage{foreign.encoded, true});
    rig.run_for(100ms);
    CHECK(rig.refused(node, delos).at("signature") == 2);
    CHECK(rig.refused(node, delos).at("foreign_scope") == 1);
    CHECK(rig.node(node).counters().carried == carried);
    CHECK(rig.disk(node).batches.size() == stored);
    CHECK_FALSE(rig.notes(node).has("by bleu"));
  }
}
