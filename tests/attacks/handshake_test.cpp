// Attacks 2 and 3: what an attacker on the wire can do with a handshake and its channel.
#include "crypto/handshake.hpp"

#include "tests/crypto/handshake_sample.hpp"
#include "tests/refusal.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using tests::HandshakeSample;
using tests::refusal;

namespace {

Bytes sealed_by(Channel& channel, std::string_view text) {
  Bytes out;
  channel.seal(bytes_of(text), out);
  return out;
}

}  // namespace

TEST_CASE(
    "attack 2: a replayed message 1 gives a channel on which its sender cannot speak") {
  HandshakeSample sample;
  auto joined = tests::join(sample);
  const auto first_frame = sealed_by(joined.initiator, "first");

  auto again = sample.answer(joined.message1);
  REQUIRE(
      again);  // Nothing is committed yet: that waits for the first transport message.
  Bytes out;
  CHECK(refusal(again->channel.open(first_frame, out)) == Errc::unauthenticated);
  CHECK(again->channel.broken());
  CHECK(joined.responder.open(first_frame, out));
}

TEST_CASE("attack 2: a replayed message 2 fails on a new handshake") {
  HandshakeSample sample;
  const auto joined = tests::join(sample);
  auto fresh = Initiator::make(sample.options(), sample.entropy).value();
  CHECK(refusal(fresh.finish(joined.message2, sample.check())) == Errc::unauthenticated);
  CHECK(refusal(fresh.finish(joined.message1, sample.check())) == Errc::usage);
}

TEST_CASE("attack 2: every flipped, missing or added byte of message 1 is refused") {
  HandshakeSample sample;
  const auto good = tests::join(sample).message1;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const std::uint8_t bit : {0x01, 0x80}) {
      auto bad = good;
      bad[at] ^= bit;
      REQUIRE(refusal(sample.answer(bad)) == Errc::unauthenticated);
    }
    REQUIRE_FALSE(sample.answer(ByteView(good).first(at)));
  }
  auto longer = good;
  longer.push_back(0);
  CHECK_FALSE(sample.answer(longer));
}

TEST_CASE("attack 2: every flipped, missing or added byte of message 2 is refused") {
  HandshakeSample sample;
  const auto size = tests::join(sample).message2.size();
  const auto refuses = [&](auto change) {
    auto initiator = Initiator::make(sample.options(), sample.entropy).value();
    auto message2 = sample.answer(initiator.message1()).value().message2;
    change(message2);
    const auto outcome = initiator.finish(message2, sample.check());
    return !outcome && outcome.error().code != Errc::usage;
  };
  for (std::size_t at = 0; at < size; ++at) {
    REQUIRE(refuses([at](Bytes& message) { message[at] ^= 0x80; }));
    REQUIRE(refuses([at](Bytes& message) { message.resize(at); }));
  }
  CHECK(refuses([](Bytes& message) { message.push_back(0); }));
}

TEST_CASE("attack 2: a stranger's message 1 is refused before any Diffie-Hellman") {
  HandshakeSample sample;
  auto message1 = tests::join(sample).message1;
  // A low-order ephemeral key would be reported as such, had the exchange been reached.
  std::fill_n(message1.begin() + 1, 32, std::uint8_t(0));
  const auto answer = sample.answer(message1);
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error().message, tests::has_in_it("MAC"));
}

TEST_CASE("attack 3: a replayed transport frame breaks the channel") {
  HandshakeSample sample;
  auto joined = tests::join(sample);
  const auto frame = sealed_by(joined.initiator, "approve");
  Bytes out;
  REQUIRE(joined.responder.open(frame, out));
  CHECK(refusal(joined.responder.open(frame, out)) == Errc::unauthenticated);
  CHECK_FALSE(joined.responder.open(sealed_by(joined.initiator, "next"), out));
}

TEST_CASE("attack 3: a reordered transport frame breaks the channel") {
  HandshakeSample sample;
  auto joined = tests::join(sample);
  const auto first = sealed_by(joined.initiator, "first");
  const auto second = sealed_by(joined.initiator, "second");
  Bytes out;
  CHECK_FALSE(joined.responder.open(second, out));
  CHECK_FALSE(joined.responder.open(first, out));
}

TEST_CASE("attack 3: a dropped transport frame breaks the channel, also across a rekey") {
  for (const int before : {1, 999, 1000}) {
    HandshakeSample sample;
    auto joined = tests::join(sample);
    Bytes out;
    for (int i = 0; i < before; ++i)
      REQUIRE(joined.responder.open(sealed_by(joined.initiator, "x"), out));
    sealed_by(joined.initiator, "dropped");
    CHECK_FALSE(joined.responder.open(sealed_by(joined.initiator, "x"), out));
  }
}

TEST_CASE("attack 3: a frame sent back to its sender is refused") {
  HandshakeSample sample;
  auto joined = tests::join(sample);
  Bytes out;
  CHECK_FALSE(joined.initiator.open(sealed_by(joined.initiator, "mirrored"), out));
}
