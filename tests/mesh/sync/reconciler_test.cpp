#include "mesh/sync/reconciler.hpp"

#include "crypto/channel.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1;
constexpr std::size_t transport_bytes = 2 + 1 + crypto::channel_overhead;  // length, more, tag

/// Two agents that meet again and again; what they know of one another outlives their sessions.
struct Meeting : Holders {
  Meeting() : Holders({{"bleu"}, {"delos"}}) {}

  struct Side {
    HeadVectors vectors;
    HeadMemory memory;
    std::optional<Reconciler> talk;
    std::vector<Message> out;
    std::size_t whole = 0, deltas = 0, bytes = 0;
  };
  Side a, b;

  void begin() {
    for (auto* side : {&a, &b}) {
      const auto own = side == &a ? bleu : delos, peer = bleu + delos - own;
      side->talk.emplace(Reconciler::Shared{holders[own]->catalogue, federation.charter,
                                            side->vectors, side->memory,
                                            side == &a ? "10.0.0.1:7700" : ""},
                         holders[peer]->agent, holders[peer]->org);
      side->out.clear();
      side->whole = side->deltas = side->bytes = 0;
      side->out.push_back(side->talk->greet(universe.wall()));
    }
  }
  static void give(Side& to, const Message& message, WallTime wall) {
    std::vector<Message> answers;
    if (const auto* hello = std::get_if<Hello>(&message)) answers = to.talk->on_hello(*hello);
    if (const auto* heads = std::get_if<Heads>(&message))
      answers = to.talk->on_heads(*heads)->value_or(std::vector<Message>());
    if (const auto* delta = std::get_if<HeadsDelta>(&message))
      answers = to.talk->on_delta(*delta, wall).value();
    for (auto& answer : answers) to.out.push_back(std::move(answer));
  }
  /// Until neither has anything to say; `lose` leaves out what a says.
  void talk(bool lose = false) {
    for (int round = 0; round < 20; ++round) {
      auto from_a = std::exchange(a.out, {}), from_b = std::exchange(b.out, {});
      if (from_a.empty() && from_b.empty()) return;
      for (auto* side : {&a, &b})
        for (const auto& message : side == &a ? from_a : from_b) {
          side->whole += std::holds_alternative<Heads>(message);
          side->deltas += std::holds_alternative<HeadsDelta>(message);
          side->bytes += encode(message).size() + transport_bytes;
        }
      for (const auto& message : from_b) give(a, message, universe.wall());
      if (lose) continue;
      for (const auto& message : from_a) give(b, message, universe.wall());
    }
    FAIL("they never end");
  }
  void meet() {
    begin();
    talk();
  }
  void write(std::size_t author, std::uint64_t epochs) {
    auto& holder = *holders[author];
    for (std::uint64_t epoch = 1; epoch <= epochs; ++epoch)
      holder.publish({holder.agent, epoch, {}, LogClass::case_}, {holder.note("x")});
  }
  bool knows(const Side& side, std::size_t other) {
    const auto* remote = side.talk->remote();
    if (!remote) return false;
    return remote->all() == (other == bleu ? a : b).talk->offer()->all();
  }
};

}  // namespace

TEST_CASE("strangers show one another all their heads, and acquaintances only what moved") {
  Meeting meeting;
  meeting.write(bleu, 100);
  meeting.write(delos, 100);
  meeting.meet();
  CHECK(meeting.a.whole == 1);
  CHECK(meeting.b.whole == 1);
  CHECK(meeting.knows(meeting.a, delos));
  CHECK(meeting.knows(meeting.b, bleu));

  meeting.write(delos, 10);
  meeting.meet();
  CHECK(meeting.a.whole + meeting.b.whole == 0);
  CHECK(meeting.b.deltas == 1);
  CHECK(meeting.b.bytes < 600);
  CHECK(meeting.knows(meeting.a, delos));
}

TEST_CASE("agents that hold the same greet and say nothing more, in under 200 bytes") {
  Meeting meeting;
  meeting.meet();
  meeting.begin();
  meeting.talk();
  CHECK(meeting.a.talk->equal());
  CHECK(meeting.b.talk->equal());
  CHECK(meeting.a.deltas + meeting.a.whole == 0);
  CHECK(meeting.a.bytes + meeting.b.bytes <= 200);
}

TEST_CASE("a peer whose heads stand as they stood is known by its greeting alone") {
  Meeting meeting;
  meeting.write(bleu, 20);
  meeting.write(delos, 20);
  meeting.meet();
  meeting.write(bleu, 1);
  meeting.meet();
  CHECK(meeting.b.whole + meeting.b.deltas == 0);
  CHECK(meeting.knows(meeting.a, delos));
  CHECK(meeting.knows(meeting.b, bleu));
}

TEST_CASE("heads that were lost with a connection are told again in the next one") {
  Meeting meeting;
  meeting.write(bleu, 20);
  meeting.meet();
  meeting.write(bleu, 5);
  meeting.begin();
  meeting.talk(true);
  meeting.write(bleu, 3);
  meeting.meet();
  CHECK(meeting.a.whole == 0);
  CHECK(meeting.a.deltas == 1);
  CHECK(meeting.knows(meeting.b, bleu));
}

TEST_CASE("an agent that forgot the heads that a change refers to is shown all of them") {
  Meeting meeting;
  meeting.write(bleu, 20);
  meeting.meet();
  meeting.write(bleu, 2);
  meeting.begin();
  meeting.b.memory = {};  // After its greeting: it takes the next change for one it can apply.
  meeting.talk();
  CHECK(meeting.a.whole >= 1);
  CHECK(meeting.knows(meeting.b, bleu));
}

TEST_CASE("an agent that starts anew is shown all heads, whatever its peer remembers") {
  Meeting meeting;
  meeting.write(bleu, 20);
  meeting.meet();
  meeting.b.memory = {};
  meeting.meet();
  CHECK(meeting.a.whole == 1);
  CHECK(meeting.knows(meeting.b, bleu));
}

TEST_CASE("what a peer showed in an earlier session says nothing about this one") {
  Meeting meeting;
  meeting.write(bleu, 3);
  meeting.meet();
  meeting.begin();
  CHECK_FALSE(meeting.a.talk->remote());
  CHECK_FALSE(meeting.a.talk->equal());
}

TEST_CASE("heads in the wrong order, or twice, are refused") {
  Meeting meeting;
  meeting.write(delos, 2);
  meeting.begin();
  auto logs = meeting.b.talk->offer()->all();
  std::swap(logs[0], logs[1]);
  CHECK(meeting.a.talk->on_heads({logs, false}).error().code == Errc::invalid);
  logs[0] = logs[1];
  CHECK(meeting.a.talk->on_heads({logs, false}).error().code == Errc::invalid);
  CHECK_FALSE(meeting.a.talk->remote());
}

TEST_CASE("a change that cannot be read is refused") {
  Meeting meeting;
  meeting.write(delos, 2);
  meeting.meet();
  const HeadsDelta bad{basis_of(meeting.b.talk->offer()->digest), {9, 9, 9}};
  CHECK(meeting.a.talk->on_delta(bad, {}).error().code == Errc::invalid);
}
