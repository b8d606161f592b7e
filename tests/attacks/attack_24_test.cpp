// Attack 24: floods, of handshakes by anybody and of valid records by a member.
#include "mesh/sync/checkpoint.hpp"
#include "mesh/sync/doorkeeper.hpp"
#include "mesh/sync/inbox.hpp"
#include "mesh/sync/log_shares.hpp"
#include "mesh/sync/reputation.hpp"
#include "mesh/sync/scope_table.hpp"
#include "tests/attacks/hostile_agent.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

enum Who : std::size_t { bleu, delos, bsi };
SimRig three() { return SimRig({{"bleu"}, {"delos"}, {"bsi"}}); }

/// Somebody without keys who opens connections as quickly as the address is reached, and holds each
/// until it is closed on him.
class Flooder {
 public:
  Flooder(SimRig& rig, std::string name, Bytes first_words)
      : rig_(rig), machine_(rig.universe.add_machine(std::move(name))),
        words_(std::move(first_words)) {}
  ~Flooder() { machine_.crash(); }

  void knock(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) machine_.world().loop.spawn(hold(*this));
  }

 private:
  static Task<void> hold(Flooder& self) {
    Address to = self.rig_.address(bleu);
    auto stream = co_await self.machine_.world().network.connect(std::move(to), 2s);
    if (!stream) co_return;
    if (!self.words_.empty()) (void)co_await (*stream)->write(self.words_, 2s);
    Bytes answer(16);
    (void)co_await (*stream)->read_some(answer, 10s);
  }

  SimRig& rig_;
  SimMachine& machine_;
  Bytes words_;
};

/// As long as a true message 1, with a MAC that no secret made.
Bytes bogus_message1() {
  ByteWriter out;
  out.u16(300);
  Bytes noise(300, 0x5a);
  noise[0] = crypto::handshake_version;
  out.raw(noise);
  return std::move(out).take();
}

std::uint64_t turned_away(SimRig& rig, std::string_view reason) {
  const auto refused = rig.node(bleu).counters().refused;
  const auto found = refused.find("door_" + std::string(reason));
  return found == refused.end() ? 0 : found->second;
}

// While the flood goes on, by `knock`.
void leaves_and_comes_back(SimRig& rig, const std::function<void()>& knock) {
  rig.node(delos).cut("bleu", true);
  const auto within = [&](Duration limit, bool reachable) {
    for (Duration passed{}; passed < limit; passed += 100ms) {
      if (rig.node(bleu).reachable("delos") == reachable) return true;
      knock();
      rig.run_for(100ms);
    }
    return false;
  };
  REQUIRE(within(5s, false));
  for (int i = 0; i < 10; ++i) {
    knock();
    rig.run_for(100ms);
  }
  rig.node(delos).cut("bleu", false);
  CHECK(within(3s, true));
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "in the flood"));
  CHECK(rig.until([&] { return rig.notes(bleu).has("in the flood"); }, 1s));
}

Inbox::Item pushed(std::uint8_t by, std::uint64_t sequence) {
  Batch batch;
  batch.header.log.agent.data[0] = by;
  batch.header.log.log_class = LogClass::urgent;
  batch.header.sequence = sequence;
  batch.header.record_count = 1;
  batch.encoded.resize(300);
  const auto from = batch.header.log.agent;
  return {std::move(batch), from, true};
}

}  // namespace

TEST_CASE("attack 24: bogus handshakes are turned away at the door, before any cryptography") {
  auto rig = three();
  rig.open(bleu);
  rig.open(delos, {bleu});
  REQUIRE(rig.connected(bleu, delos));
  Flooder flooder(rig, "flooder", bogus_message1());
  for (int second = 0; second < 5; ++second) {
    flooder.knock(1'000);
    rig.run_for(1s);
  }
  // What one source may ask in five seconds is all that was looked at.
  const auto looked_at = turned_away(rig, "handshake");
  CHECK(looked_at >= 32);
  CHECK(looked_at <= 32 + 6 * 8);
  CHECK(turned_away(rig, "source_rate") > 1'000);
  leaves_and_comes_back(rig, [&] { flooder.knock(100); });
}

TEST_CASE("attack 24: silent connections from everywhere keep no partner out") {
  auto rig = three();
  rig.unreachable.insert(delos);  // Bleu cannot go around its own door and dial it.
  rig.open(bleu);
  rig.open(delos, {bleu});
  REQUIRE(rig.connected(bleu, delos));
  std::vector<std::unique_ptr<Flooder>> flooders;
  for (int i = 0; i < 20; ++i)
    flooders.push_back(std::make_unique<Flooder>(rig, fmt::format("flooder-{}", i), Bytes()));
  flooders.front()->knock(40);
  rig.run_for(100ms);
  CHECK(turned_away(rig, "source_full") > 0);
  const auto knock = [&] {
    for (auto& flooder : flooders) flooder->knock(5);
  };
  for (int i = 0; i < 20; ++i) {
    knock();
    rig.run_for(100ms);
  }
  CHECK(turned_away(rig, "full") > 0);
  leaves_and_comes_back(rig, knock);
}

TEST_CASE("attack 24: an author that floods waits its turn, and delays nobody else") {
  Inbox inbox;
  const Instant now{1h};
  std::size_t at_once = 0;
  for (std::uint64_t i = 1; i <= 20'000; ++i) {
    auto one = pushed(1, i);
    at_once += inbox.offer(one, now) == Inbox::Way::now;
  }
  CHECK(at_once == std::size_t(Inbox::records.burst));
  auto alarm = pushed(2, 1);
  CHECK(inbox.offer(alarm, now) == Inbox::Way::now);
  // One that pushed much too has its turn after one of the flood.
  for (std::uint64_t i = 0; i <= std::uint64_t(Inbox::records.burst); ++i) {
    auto one = pushed(2, i + 2);
    (void)inbox.offer(one, now);
  }
  CHECK(inbox.next()->from.data[0] == 1);
  CHECK(inbox.next()->from.data[0] == 2);
}

TEST_CASE("attack 24: a member's flood is stored up to its quota, and costs it no reputation") {
  auto rig = three();
  rig.author_bytes_max = 100'000;
  rig.open(bleu);
  rig.open(delos, {bleu});
  REQUIRE(rig.connected(bleu, delos));
  HostileAgent flooder(rig, bsi);
  auto& line = flooder.dial(bleu);
  Digest previous;
  for (std::uint64_t sequence = 1; sequence <= 300; ++sequence) {
    const auto batch = flooder.sign(flooder.log(), fmt::format("flood {}", sequence),
                                    rig.universe.wall(), sequence, previous);
    previous = batch.id;
    flooder.say(line, BatchMessage{batch.encoded, true});
  }
  rig.run_for(3s);
  CHECK(rig.notes(bleu).has("flood 1"));
  CHECK_FALSE(rig.notes(bleu).has("flood 300"));
  CHECK(rig.refused(bleu, bsi).at("quota") > 100);
  CHECK_FALSE(line.ended);
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "an alarm"));
  CHECK(rig.until([&] { return rig.notes(bleu).has("an alarm"); }, 1s));
}

TEST_CASE("attack 24: a member that opens logs without end takes no places but its own") {
  auto rig = three();
  rig.open(bleu);
  rig.open(delos, {bleu});
  REQUIRE(rig.connected(bleu, delos));
  HostileAgent flooder(rig, bsi);
  auto& line = flooder.dial(bleu);
  const auto most = LogShares::common(LogShares::agent_max);
  auto log = flooder.log();
  for (; log.epoch <= most + 100; ++log.epoch) {
    const auto text = fmt::format("flood {}", log.epoch);
    flooder.say(line, BatchMessage{flooder.sign(log, text, rig.universe.wall()).encoded, true});
    if (log.epoch % 200 == 0) rig.run_for(1s);
  }
  rig.run_for(3s);
  CHECK(rig.notes(bleu).has("flood 1"));
  CHECK_FALSE(rig.notes(bleu).has(fmt::format("flood {}", most + 1)));
  CHECK(rig.refused(bleu, bsi).at("too_many_logs") == 100);
  CHECK_FALSE(line.ended);
  CHECK(rig.node(delos).counters().logs < most + 20);
  rig.publish(delos, rig.note(delos, Tlp::green, all_members, "an alarm"));
  CHECK(rig.until([&] { return rig.notes(bleu).has("an alarm"); }, 1s));
}

TEST_CASE("attack 24: nor does one that says of ever more logs where they begin") {
  auto rig = three();
  rig.open(bleu);
  HostileAgent flooder(rig, bsi);
  auto& line = flooder.dial(bleu);
  const auto log = flooder.log();
  const RecordHeader header{RecordKind::checkpoint, {Tlp::green, Pap::green}, rig.universe.wall(),
                            log.agent.prefix()};
  const auto most = LogShares::common(LogShares::agent_max);
  Digest previous;
  for (std::uint64_t sequence = 1; sequence <= most / 400 + 2; ++sequence) {
    std::vector<Bytes> records;
    for (std::uint64_t i = 0; i < 400; ++i) {
      Checkpoint lie{log, 9, crypto::blake2b(bytes_of("not held")), 0, {}, {}};
      lie.log.epoch = 1'000'000 + sequence * 1'000 + i;
      records.push_back(encode_checkpoint(header, lie).value());
    }
    const auto batch = flooder.sign(log, records, rig.universe.wall(), sequence, previous);
    previous = batch.id;
    flooder.say(line, BatchMessage{batch.encoded, true});
    rig.run_for(1s);
  }
  CHECK(rig.node(bleu).counters().logs > 400);
  CHECK(rig.node(bleu).counters().logs < most + 20);
  CHECK_FALSE(line.ended);
}

TEST_CASE("attack 24: scopes without end fill no table of others") {
  auto rig = three();
  rig.open(bleu);
  HostileAgent flooder(rig, bsi);
  auto& line = flooder.dial(bleu);
  auto log = flooder.log();
  log.log_class = LogClass::control;
  const RecordHeader header{RecordKind::scope_key, {Tlp::green, Pap::green}, rig.universe.wall(),
                            log.agent.prefix()};
  const auto sealing = crypto::ExchangeKey::from_secret(Bytes(32, 5)).value();
  ScopeTable scopes(log.agent, sealing);
  const auto most = LogShares::common(LogShares::agent_max);
  Digest previous;
  for (std::uint64_t sequence = 1; sequence <= most / 256 + 2; ++sequence) {
    std::vector<Bytes> records;
    for (int i = 0; i < 256; ++i)
      records.push_back(scopes.make(header, {false, {"bsi"}, {}}, {{log.agent, sealing.public_key()}},
                                    rig.federation.entropy())
                            .value());
    const auto batch = flooder.sign(log, records, rig.universe.wall(), sequence, previous);
    previous = batch.id;
    flooder.say(line, BatchMessage{batch.encoded, true});
    rig.run_for(200ms);
  }
  CHECK(rig.refused(bleu, bsi).at("too_many_scopes") == 2);
  CHECK_FALSE(line.ended);
}

TEST_CASE("attack 24: who forges again and again is shut out for a while, who lacks something is not") {
  auto rig = three();
  rig.open(bleu);
  HostileAgent forger(rig, bsi);
  const auto forge = [&](std::uint64_t sequence) {
    auto& line = forger.dial(bleu);
    auto log = forger.log();
    ++log.epoch;  // Beside the one with gaps, whose batches it would contradict.
    auto batch = forger.sign(log, "forged", rig.universe.wall(), sequence,
                             sequence == 1 ? Digest() : crypto::blake2b(bytes_of("?")));
    batch.encoded.back() ^= 1;
    forger.say(line, BatchMessage{batch.encoded, true});
    REQUIRE(rig.until([&] { return line.ended; }, 2s));
  };
  // With a gap before it: that is nobody's fault.
  auto& honest = forger.dial(bleu);
  for (std::uint64_t sequence = 2; sequence < 40; sequence += 2) {
    const auto batch = forger.sign(forger.log(), fmt::format("gap {}", sequence),
                                   rig.universe.wall(), sequence,
                                   crypto::blake2b(bytes_of("not held")));
    forger.say(honest, BatchMessage{batch.encoded, true});
  }
  rig.run_for(500ms);
  CHECK_FALSE(honest.ended);

  for (int i = 0; i < Reputation::faults_max; ++i) forge(1);
  auto& kept_out = forger.dial(bleu);
  CHECK(rig.until([&] { return kept_out.ended; }, 2s));
  CHECK(rig.refused(bleu, bsi).at("shut_out") > 0);
  rig.run_for(Reputation::out_first + 1s);
  auto& again = forger.dial(bleu);
  rig.run_for(1s);
  CHECK_FALSE(again.ended);
}
