#include "mesh/sync/session.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/linked.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

/// Takes what comes, and answers what the test put in.
struct Host final : SessionHost {
  explicit Host(Loop& loop) : room(loop), their_turn(loop) {}
  Task<void> ready(const Session&) override {
    while (blocked) co_await room.wait();
  }
  Task<void> turn(const Session&) override {
    ++turns;
    while (others_turn) co_await their_turn.wait();
  }
  Result<void> on_message(Session&, Message message) override {
    messages.push_back(std::move(message));
    if (refuse) return fail(Errc::refused, "not this");
    return {};
  }
  Result<std::optional<Bytes>> next_answer(Session&) override {
    if (broken) return fail(Errc::io, "the disk is gone");
    if (answers.empty()) return std::nullopt;
    std::optional<Bytes> out = std::move(answers.front());
    answers.pop_front();
    return out;
  }
  void on_certificate(const crypto::Certificate&) override {}
  void on_up(const std::shared_ptr<Session>&) override {}
  void on_down(Session&, const Error&) override {}

  Event room, their_turn;
  int turns = 0;
  bool others_turn = false;
  bool blocked = false, refuse = false, broken = false;
  std::vector<Message> messages;
  std::deque<Bytes> answers;
};

struct Rig : Linked {
  Rig() {
    Session::Facts facts{{}, "delos", "delos-1", {}, Purpose::live, true, "memory:1"};
    session.emplace(memory.world, std::move(*ours), std::move(facts));
    memory.loop.spawn(collect(*theirs, heard));
  }
  ~Rig() { memory.loop.destroy_tasks(); }

  static Task<void> collect(SecureLink& link, std::vector<Message>& heard) {
    for (;;) {
      const auto bytes = co_await link.receive(frame_bytes_max, 1h);
      if (!bytes) co_return;
      heard.push_back(decode(*bytes).value());
    }
  }
  static Task<void> read(Session& session, SessionHost& host, std::optional<Bytes> first,
                         std::optional<Error>& why) {
    why = co_await session.read(host, std::move(first));
  }
  static Task<void> give(SecureLink& link, Bytes message) { (void)co_await link.send(message); }

  void start(std::optional<Bytes> first = {}) {
    memory.loop.spawn(read(*session, host, std::move(first), why));
    memory.loop.spawn(session->write(host));
    memory.loop.settle();
  }
  void say(Bytes message) {
    memory.loop.spawn(give(*theirs, std::move(message)));
    memory.loop.settle();
  }
  void say(const Message& message) { say(encode(message)); }
  template <typename Kind>
  std::vector<Kind> heard_of() const {
    std::vector<Kind> out;
    for (const auto& message : heard)
      if (const auto* one = std::get_if<Kind>(&message)) out.push_back(*one);
    return out;
  }

  Host host{memory.loop};
  std::optional<Session> session;
  std::vector<Message> heard;
  std::optional<Error> why;
};

const Bytes plain_batch(batch_prefix_bytes + 40, 'c'), urgent_batch(batch_prefix_bytes + 40, 'u');

std::uint64_t nonce_of(Duration when) { return std::uint64_t(when.count()); }

}  // namespace

TEST_CASE("messages reach the host in their order, and pings are answered without it") {
  Rig rig;
  rig.start(encode(Hello{}));
  rig.say(Ping{42});
  rig.say(PullEnd{7, {}});
  REQUIRE(rig.host.messages.size() == 2);
  CHECK(std::holds_alternative<Hello>(rig.host.messages[0]));
  CHECK(std::holds_alternative<PullEnd>(rig.host.messages[1]));
  CHECK(rig.heard_of<Pong>() == std::vector{Pong{42}});
}

TEST_CASE("a session that hears nothing for three seconds ends") {
  Rig rig;
  rig.start();
  rig.memory.loop.advance(2s);
  rig.say(Ping{1});
  rig.memory.loop.advance(Session::silence_max - 1ms);
  CHECK_FALSE(rig.why);
  rig.memory.loop.advance(1ms);
  REQUIRE(rig.why);
  CHECK(rig.why->code == Errc::timeout);
}

TEST_CASE("a session with nothing to say pings each second") {
  Rig rig;
  rig.start();
  rig.memory.loop.advance(5 * Session::ping_every);
  CHECK(rig.heard_of<Ping>().size() == 5);
}

TEST_CASE("an urgent batch is overdue when nothing answered the ping after it in time") {
  Rig rig;
  rig.start();
  const auto now = [&] { return rig.memory.world.clock.now(); };
  const auto answer = [&] { rig.say(Pong{rig.heard_of<Ping>().back().nonce}); };
  rig.session->ping();
  rig.memory.loop.settle();
  rig.memory.loop.advance(40ms);
  answer();
  REQUIRE(rig.session->rtt() == 40ms);
  CHECK(rig.session->send_batch(plain_batch, false));
  CHECK_FALSE(rig.session->answer_due());

  CHECK(rig.session->send_batch(urgent_batch, true));
  rig.memory.loop.settle();
  CHECK(rig.session->answer_due() == now() + 60ms);
  rig.memory.loop.advance(20ms);
  CHECK(rig.session->send_batch(urgent_batch, true));
  rig.memory.loop.settle();
  CHECK(rig.heard_of<Ping>().size() == 2);  // One at a time.
  rig.memory.loop.advance(39ms);
  CHECK_FALSE(rig.session->overdue(now()));
  rig.memory.loop.advance(1ms);
  CHECK(rig.session->overdue(now()));
  rig.say(PullEnd{1, {}});  // May have been sent before the batch was there.
  CHECK(rig.session->overdue(now()));

  // The answer is there, and the second batch is asked about.
  answer();
  CHECK_FALSE(rig.session->overdue(now()));
  CHECK(rig.heard_of<Ping>().size() == 3);
  answer();
  CHECK_FALSE(rig.session->answer_due());
}

TEST_CASE("a forged frame ends the session before the host sees it") {
  Rig rig;
  rig.start();
  crypto::Channel forger(Rig::key(9), Rig::key(9), {});
  rig.put_frame(forger, Bytes{0, 1, 2, 3});
  rig.memory.loop.settle();
  REQUIRE(rig.why);
  CHECK(rig.why->code == Errc::unauthenticated);
  CHECK(rig.host.messages.empty());
}

TEST_CASE("a message that is none, or that the host refuses, ends the session") {
  Rig rig;
  rig.start();
  rig.say(Bytes(16, 0xff));
  REQUIRE(rig.why);
  CHECK(rig.why->code == Errc::invalid);

  Rig other;
  other.host.refuse = true;
  other.start();
  other.say(PullEnd{1, {}});
  REQUIRE(other.why);
  CHECK(other.why->code == Errc::refused);

  Rig at_once;
  at_once.host.refuse = true;
  at_once.start(encode(Hello{}));
  REQUIRE(at_once.why);
  CHECK(at_once.why->code == Errc::refused);
}

TEST_CASE("a goodbye ends the session with its reason, in both directions") {
  Rig rig;
  rig.start();
  rig.say(Bye{ByeReason::replaced, {}});
  REQUIRE(rig.why);
  CHECK(rig.why->code == Errc::closed);
  CHECK(rig.why->message.find(name_of(ByeReason::replaced)) != std::string::npos);

  Rig leaving;
  leaving.start();
  leaving.session->leave(ByeReason::stopping);
  leaving.memory.loop.settle();
  REQUIRE(leaving.heard_of<Bye>().size() == 1);
  CHECK(leaving.heard_of<Bye>()[0].reason == ByeReason::stopping);
  CHECK(leaving.session->closed());
  CHECK(leaving.to_them->closed);
}

TEST_CASE("urgent batches go first, then messages, then answers to pulls") {
  Rig rig;
  rig.host.answers.push_back(encode(PullEnd{1, {}}));
  CHECK(rig.session->send_batch(plain_batch, false));
  CHECK(rig.session->send(PullEnd{2, {}}));
  CHECK(rig.session->send_batch(urgent_batch, true));
  rig.start();
  REQUIRE(rig.heard.size() == 5);
  CHECK(std::get<BatchMessage>(rig.heard[0]).encoded == urgent_batch);
  CHECK(std::holds_alternative<Ping>(rig.heard[1]));
  CHECK(std::get<BatchMessage>(rig.heard[2]).encoded == plain_batch);
  CHECK(std::get<PullEnd>(rig.heard[3]).id == 2);
  CHECK(std::get<PullEnd>(rig.heard[4]).id == 1);
}

TEST_CASE("behind a backlog only urgent batches are taken, and behind a full queue nothing") {
  Rig rig;
  const Bytes large(batch_bytes_max, 'x');
  CHECK(rig.session->send_batch(large, false));
  CHECK_FALSE(rig.session->send_batch(plain_batch, false));
  std::size_t urgent = 0;
  while (rig.session->send_batch(large, true)) REQUIRE(++urgent < 100);
  CHECK(urgent >= Session::queue_bytes_max / large.size() - 2);
  CHECK_FALSE(rig.session->send(PullEnd{}));
  rig.start();
  CHECK(rig.session->send_batch(urgent_batch, true));
  rig.session->close();
  CHECK_FALSE(rig.session->send(PullEnd{}));
  CHECK_FALSE(rig.session->send_batch(urgent_batch, true));
}

TEST_CASE("a vector of heads goes whole, however long, or not at all") {
  Rig rig;
  Heads part;
  part.logs.resize(frame_logs_max, LogHead{{{}, 1, {}, LogClass::case_}, 9, 0, {}, {}});
  for (auto& head : part.logs)
    for (std::uint64_t i = 0; i < head_ranges_max; ++i) head.ranges.push_back({11 + 2 * i, 11 + 2 * i});
  part.more = true;
  const auto parts = Session::queue_bytes_max / encode(part).size() + 3;
  for (std::size_t i = 0; i < parts; ++i) {
    part.more = i + 1 < parts;
    CHECK(rig.session->send(part));
  }
  CHECK_FALSE(rig.session->send(PullEnd{}));
  part.more = true;
  CHECK_FALSE(rig.session->send(part));
  part.more = false;
  CHECK_FALSE(rig.session->send(part));
}

TEST_CASE("nothing is read while the host has no room") {
  Rig rig;
  rig.host.blocked = true;
  rig.start();
  rig.say(PullEnd{1, {}});
  CHECK(rig.host.messages.empty());
  rig.host.blocked = false;
  rig.host.room.set();
  rig.memory.loop.settle();
  CHECK(rig.host.messages.size() == 1);
}

TEST_CASE("what was read is worked on in its turn") {
  Rig rig;
  rig.host.others_turn = true;
  rig.start();
  rig.say(PullEnd{1, {}});
  CHECK(rig.host.turns == 1);
  CHECK(rig.host.messages.empty());
  rig.host.others_turn = false;
  rig.host.their_turn.set();
  rig.memory.loop.settle();
  CHECK(rig.host.messages.size() == 1);
}

TEST_CASE("a peer that reads too slowly is told heads only, and everything again once it keeps up") {
  Rig rig;
  const Bytes large(batch_bytes_max, 'x');
  CHECK(rig.session->send_batch(large, false));
  CHECK_FALSE(rig.session->heads_only());
  CHECK_FALSE(rig.session->send_batch(plain_batch, false));
  CHECK(rig.session->heads_only());
  CHECK(rig.session->send_batch(urgent_batch, true));
  REQUIRE(rig.memory.log.lines.size() == 1);
  CHECK(rig.memory.log.lines[0].find("heads only") != std::string::npos);
  rig.start();
  CHECK_FALSE(rig.session->send_batch(plain_batch, false));
  rig.memory.loop.advance(PushGate::heads_only_min);
  CHECK_FALSE(rig.session->heads_only());
  CHECK(rig.session->send_batch(plain_batch, false));
  REQUIRE(rig.memory.log.lines.size() == 2);
  CHECK(rig.memory.log.lines[1].find("keeps up") != std::string::npos);
}

TEST_CASE("the round trip is measured by the answer to a ping") {
  Rig rig;
  rig.start();
  rig.memory.loop.advance(1s);
  REQUIRE(rig.heard_of<Ping>() == std::vector{Ping{nonce_of(1s)}});
  rig.memory.loop.advance(80ms);
  rig.say(Pong{nonce_of(1s)});
  CHECK(rig.session->rtt() == 80ms);
}

TEST_CASE("a pong for a time that never was changes nothing") {
  Rig rig;
  rig.start();
  rig.memory.loop.advance(1s);
  for (const std::uint64_t nonce : {std::uint64_t(1) << 63, ~std::uint64_t(0), nonce_of(2s)})
    rig.say(Pong{nonce});
  CHECK(rig.session->rtt() == 0ms);
  CHECK_FALSE(rig.why);
}

TEST_CASE("a session whose pulls cannot be answered closes and says why in the log") {
  Rig rig;
  rig.host.broken = true;
  rig.start();
  CHECK(rig.session->closed());
  REQUIRE(rig.memory.log.lines.size() == 1);
  CHECK(rig.memory.log.lines[0].find("the disk is gone") != std::string::npos);
}
