#include "mesh/sync/exchange.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, delos = 1;

/// One end of a pair: what it would send waits in `out`.
struct End {
  End(Holders& holders, std::size_t own, std::size_t peer)
      : holder(holders[own]),
        exchange({holder.catalogue, *holder.store, holders.federation.charter, pulls, credit,
                  vectors, memory, "10.0.0.1:7700"},
                 holders[peer].agent, holders[peer].org) {}

  void send(std::vector<Outgoing> messages) {
    for (auto& message : messages) out.push_back(std::move(message.message));
  }
  /// Takes one message as the shell does.
  void take(const Message& message) {
    if (const auto* hello = std::get_if<Hello>(&message)) send(exchange.on_hello(*hello));
    if (const auto* heads = std::get_if<Heads>(&message))
      send(exchange.on_heads(*heads).value());
    if (const auto* delta = std::get_if<HeadsDelta>(&message))
      send(exchange.on_delta(*delta, {}).value());
    if (const auto* pull = std::get_if<Pull>(&message)) REQUIRE(exchange.on_pull(*pull));
    if (const auto* end = std::get_if<PullEnd>(&message)) send(exchange.on_pull_end(*end));
    if (const auto* flow = std::get_if<Flow>(&message)) REQUIRE(exchange.on_flow(*flow));
    if (const auto* batch = std::get_if<BatchMessage>(&message)) {
      ++batches;
      const auto parsed = parse_batch(batch->encoded).value();
      const Exchange::Brought brought{Purpose::bulk, share_of(parsed.header.log.log_class),
                                      batch->encoded.size(), Instant{}};
      REQUIRE(exchange.arrived(brought));
      holder.take(parsed);
      send(exchange.consumed(brought, Instant{}));
    }
  }
  std::vector<Message> drain() {
    auto messages = std::exchange(out, {});
    while (auto answer = exchange.next_answer().value())
      messages.push_back(decode(*answer).value());
    return messages;
  }

  PullBook pulls;
  CreditPool credit{16 * 1024 * 1024};
  HeadVectors vectors;
  HeadMemory memory;
  Holder& holder;
  Exchange exchange;
  std::vector<Message> out;
  int batches = 0;
};

struct Pair : Holders {
  Pair() : Holders({{"bleu"}, {"delos"}, {"sncf"}}) {}
  End a{*this, bleu, delos}, b{*this, delos, bleu};

  /// Carries messages to and fro until neither has anything to say.
  void talk() {
    for (int round = 0; round < 200; ++round) {
      const auto from_a = a.drain(), from_b = b.drain();
      if (from_a.empty() && from_b.empty()) return;
      for (const auto& message : from_a) b.take(message);
      for (const auto& message : from_b) a.take(message);
    }
    FAIL("they never end");
  }
  void connect() {
    for (auto* end : {&a, &b}) {
      end->send(end->exchange.on_live(universe.wall()));
      end->send(end->exchange.on_bulk());
    }
    talk();
  }
  void write(std::size_t author, int notes) {
    auto& holder = *holders[author];
    for (int i = 0; i < notes; ++i)
      holder.publish(holder.case_log(), {holder.note("note " + std::to_string(i))});
  }
};

template <typename Kind>
std::vector<Kind> of_kind(const std::vector<Outgoing>& messages) {
  std::vector<Kind> out;
  for (const auto& outgoing : messages)
    if (const auto* message = std::get_if<Kind>(&outgoing.message)) out.push_back(*message);
  return out;
}

}  // namespace

TEST_CASE("two agents that hold different logs end with the same heads") {
  Pair pair;
  pair.write(bleu, 3);
  pair.write(delos, 300);
  pair.connect();
  CHECK(pair.a.batches == 300);
  CHECK(pair.b.batches == 3);
  CHECK(pair.a.exchange.offer_digest() == pair.b.exchange.offer_digest());
  CHECK(pair.a.exchange.behind() == 0);
  CHECK(pair.b.exchange.behind() == 0);
}

TEST_CASE("agents that hold the same say hello and nothing more") {
  Pair pair;
  pair.write(bleu, 2);
  pair.connect();
  End a(pair, bleu, delos), b(pair, delos, bleu);
  const auto greeting = of_kind<Hello>(a.exchange.on_live(pair.universe.wall()));
  REQUIRE(greeting.size() == 1);
  CHECK(greeting[0].address == "10.0.0.1:7700");
  CHECK_FALSE(b.exchange.equal());
  CHECK(b.exchange.on_hello(greeting[0]).empty());
  CHECK(b.exchange.equal());
}

TEST_CASE("what the peer may not read is neither offered nor given when it asks") {
  Pair pair;
  auto& author = pair[delos];
  const auto [log, announced] = author.open_scope({false, {"delos", "sncf"}, {}});
  author.publish(log, {author.note("not for bleu", Tlp::amber_strict)});
  CHECK_FALSE(pair.b.exchange.offer()->find(log));
  pair.b.exchange.on_bulk();
  REQUIRE(pair.b.exchange.on_pull({5, {{log, {1, 1}}}}));
  const auto answer = decode(*pair.b.exchange.next_answer().value()).value();
  const auto* end = std::get_if<PullEnd>(&answer);
  REQUIRE(end);
  CHECK(end->id == 5);
  CHECK(end->missing == std::vector<PullRange>{{log, {1, 1}}});
  CHECK(pair.b.exchange.refused().at("pull_not_in_audience") == 1);
}

TEST_CASE("what a peer lacked is asked for again once the connection that said so has ended") {
  Pair pair;
  auto& exchange = pair.a.exchange;
  const LogHead shown{pair[delos].case_log(), 3, 0, {}, {}};
  exchange.on_bulk();
  const auto pulls = of_kind<Pull>(exchange.on_heads({{shown}, false}).value());
  REQUIRE(pulls.size() == 1);
  CHECK(exchange.behind() == 3);
  CHECK(of_kind<Pull>(exchange.on_pull_end({pulls[0].id, pulls[0].ranges})).empty());
  CHECK(exchange.behind() == 0);
  CHECK(of_kind<Pull>(exchange.on_bulk()).size() == 1);
  CHECK(exchange.behind() == 3);
}

TEST_CASE("pulls are bounded, and no range is asked of two peers at once") {
  Pair pair;
  pair.write(delos, 1);
  const LogHead many{pair[delos].case_log(), 10'000, 0, {}, {}};
  pair.a.exchange.on_bulk();
  const auto pulls = of_kind<Pull>(pair.a.exchange.on_heads({{many}, false}).value());
  CHECK(pulls.size() == Exchange::pulls_open_max);
  for (const auto& pull : pulls) {
    std::uint64_t batches = 0;
    for (const auto& range : pull.ranges) batches += range.range.last - range.range.first + 1;
    CHECK(batches <= Exchange::pull_batches_max);
  }
  CHECK(pair.a.exchange.behind() == 10'000);

  HeadMemory memory;
  Exchange other({pair.a.holder.catalogue, *pair.a.holder.store, pair.federation.charter,
                  pair.a.pulls, pair.a.credit, pair.a.vectors, memory, {}},
                 pair[2].agent, "sncf");
  other.on_bulk();
  const auto first = [](const std::vector<Pull>& from) { return from.at(0).ranges.at(0).range; };
  CHECK(first(pulls).first == 1);
  CHECK(first(of_kind<Pull>(other.on_heads({{many}, false}).value())).first ==
        pulls.back().ranges.back().range.last + 1);
  pair.a.exchange.on_bulk_lost(Purpose::bulk);
  CHECK_FALSE(pair.a.pulls.taken(many.key, {1, 1}));
}

TEST_CASE("control logs are pulled before urgent ones, and indicators last") {
  Pair pair;
  pair.write(delos, 1);
  std::vector<LogHead> heads;
  for (const auto log_class :
       {LogClass::urgent, LogClass::indicator, LogClass::case_, LogClass::control})
    heads.push_back({{pair[delos].agent, 1, {}, log_class}, 1, 0, {}, {}});
  pair.a.exchange.on_bulk();
  const auto pulls = of_kind<Pull>(pair.a.exchange.on_heads({heads, false}).value());
  REQUIRE(pulls.size() == shares);
  std::vector<LogClass> order;
  for (const auto& pull : pulls)
    for (const auto& range : pull.ranges) order.push_back(range.key.log_class);
  CHECK(order == std::vector{LogClass::control, LogClass::urgent, LogClass::case_,
                             LogClass::indicator});
}

TEST_CASE("what did not come is not asked for again before a while has passed") {
  Pair pair;
  pair.write(delos, 1);
  const LogHead claimed{pair[delos].case_log(), 3, 0, {}, {}};
  pair.a.exchange.tick(Instant{}, pair.universe.wall());
  pair.a.exchange.on_bulk();
  const auto pulls = of_kind<Pull>(pair.a.exchange.on_heads({{claimed}, false}).value());
  REQUIRE(pulls.size() == 1);
  CHECK(of_kind<Pull>(pair.a.exchange.on_pull_end({pulls[0].id, {}})).empty());
  const auto wall = pair.universe.wall();
  const auto early = Instant{Exchange::retry_every - 1ns};
  CHECK(of_kind<Pull>(pair.a.exchange.tick(early, wall)).empty());
  CHECK(of_kind<Pull>(pair.a.exchange.tick(Instant{Exchange::retry_every}, wall)).size() == 1);
  CHECK(pair.a.exchange.on_pull_end({999, {}}).empty());
}

TEST_CASE("a peer greets again when what it offers has changed, and only then") {
  Pair pair;
  pair.write(delos, 1);
  pair.connect();
  const auto greetings = [&](Duration at) {
    return of_kind<Hello>(pair.b.exchange.tick(Instant{at}, pair.universe.wall())).size();
  };
  greetings(1s);
  CHECK(greetings(2s) == 0);
  pair.write(delos, 1);
  CHECK(greetings(3s) == 1);
  CHECK(greetings(4s) == 0);
}

TEST_CASE("what came here by another way reaches a peer that itself has nothing new to show") {
  Pair pair;
  pair.write(delos, 1);
  pair.connect();
  auto& sncf = *pair.holders[2];
  const auto note = sncf.note("by another way");
  REQUIRE(pair.a.holder.take(sncf.publish(sncf.case_log(), {note})).verdict == Verdict::fresh);
  pair.a.send(pair.a.exchange.tick(Instant{}, pair.universe.wall()));
  pair.talk();
  CHECK(pair.b.batches == 1);
  CHECK(pair.a.exchange.offer_digest() == pair.b.exchange.offer_digest());
  const auto later = Instant{Exchange::retry_every};
  CHECK(of_kind<Heads>(pair.a.exchange.tick(later, pair.universe.wall())).empty());
}

TEST_CASE("a peer that asks for more than may wait is refused") {
  Pair pair;
  const Pull pull{1, {{pair[delos].case_log(), {1, 1}}}};
  pair.b.exchange.on_bulk();
  for (std::size_t i = 0; i < PullServer::serving_max; ++i)
    REQUIRE(pair.b.exchange.on_pull(pull));
  CHECK(pair.b.exchange.on_pull(pull).error().code == Errc::refused);
  CHECK(pair.b.exchange.answering());
  pair.b.exchange.on_bulk_lost(Purpose::bulk);
  CHECK_FALSE(pair.b.exchange.answering());
}

TEST_CASE("a peer that shows more logs than may be is not listened to") {
  Pair pair;
  Heads part;
  part.more = true;
  for (std::uint64_t i = 0; i < 1024; ++i)
    part.logs.push_back({{pair[delos].agent, i, {}, LogClass::case_}, 1, 0, {}, {}});
  for (std::size_t i = 0; i < Reconciler::remote_logs_max / 1024; ++i)
    REQUIRE(pair.a.exchange.on_heads(part));
  CHECK(pair.a.exchange.on_heads(part).error().code == Errc::too_large);
  CHECK_FALSE(pair.a.exchange.remote());
}

TEST_CASE("heads that do not fit one frame come in several and count as one") {
  Pair pair;
  auto& author = pair[delos];
  for (std::uint64_t epoch = 1; epoch <= frame_logs_max + 1; ++epoch)
    author.publish({author.agent, epoch, {}, LogClass::case_}, {author.note("x")});
  const auto parts = of_kind<Heads>(pair.b.exchange.on_hello({}));
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].more);
  CHECK_FALSE(parts[1].more);
  REQUIRE(pair.a.exchange.on_heads(parts[0])->empty());
  CHECK_FALSE(pair.a.exchange.remote());
  REQUIRE(pair.a.exchange.on_heads(parts[1]));
  REQUIRE(pair.a.exchange.remote());
  CHECK(pair.a.exchange.remote()->size() == frame_logs_max + 1);
}
