#include "crypto/channel.hpp"

#include "crypto/base_encoding.hpp"
#include "crypto/noise_symmetric.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

const Channel::Key one{1}, two{2};

struct Ends {
  Channel a{one, two, {}};
  Channel b{two, one, {}};
};

Bytes sealed_by(Channel& channel, std::string_view text) {
  Bytes out;
  channel.seal(bytes_of(text), out);
  return out;
}

}  // namespace

TEST_CASE("both directions carry messages, also across moves and many keys") {
  Ends ends;
  Bytes out;
  for (int i = 0; i < 2500; ++i) {
    REQUIRE(ends.b.open(sealed_by(ends.a, std::to_string(i)), out));
    REQUIRE(text_of(out) == std::to_string(i));
    if (i == 1700) ends.a = Channel(std::move(ends.a));
  }
  REQUIRE(ends.a.open(sealed_by(ends.b, "back"), out));
  CHECK(text_of(out) == "back");
}

TEST_CASE("the key changes after exactly 1,000 messages and the counter goes on") {
  Ends ends;
  for (int i = 0; i < 999; ++i) sealed_by(ends.a, "x");
  Bytes last, next;
  noise::encrypt(one, 999, {}, bytes_of("x"), last);
  noise::encrypt(noise::rekey(one), 1000, {}, bytes_of("x"), next);
  CHECK(to_hex(sealed_by(ends.a, "x")) == to_hex(last));
  CHECK(to_hex(sealed_by(ends.a, "x")) == to_hex(next));
}

TEST_CASE("any failure breaks a channel for good") {
  Ends ends;
  const auto good = sealed_by(ends.a, "good");
  auto bad = good;
  bad[0] ^= 1;
  Bytes out;
  CHECK(ends.b.open(bad, out).error().code == Errc::unauthenticated);
  CHECK(ends.b.broken());
  CHECK(ends.b.open(good, out).error().code == Errc::unauthenticated);
  CHECK(sealed_by(ends.b, "x").empty());
}

TEST_CASE("a message over the limit, one without a tag and an own one are refused") {
  Bytes out;
  CHECK_FALSE(Ends().b.open(Bytes(channel_message_max + 1), out));
  CHECK_FALSE(Ends().b.open(Bytes(15), out));
  Ends ends;
  CHECK_FALSE(ends.a.open(sealed_by(ends.a, "mirrored"), out));
  Ends large;
  Bytes largest;
  large.a.seal(Bytes(channel_message_max - channel_overhead), largest);
  CHECK(largest.size() == channel_message_max);
  CHECK(large.b.open(largest, out));
}
