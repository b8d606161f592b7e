#include "mesh/sync/doorkeeper.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;
using Answer = Doorkeeper::Answer;

TEST_CASE("one source has so many handshakes under way, and so many in a second") {
  Doorkeeper door;
  Instant now{1h};
  for (std::size_t i = 0; i < Doorkeeper::per_stranger_max; ++i)
    CHECK(door.knock("192.0.2.1", now) == Answer::come_in);
  CHECK(door.knock("192.0.2.1", now) == Answer::source_full);
  CHECK(door.knock("192.0.2.2", now) == Answer::come_in);
  for (std::size_t i = 0; i < Doorkeeper::per_stranger_max; ++i) {
    door.leave("192.0.2.1");
    CHECK(door.knock("192.0.2.1", now) == Answer::come_in);
  }
  door.leave("192.0.2.1");
  CHECK(door.knock("192.0.2.1", now) == Answer::source_rate);
  now = now + 1s;
  CHECK(door.knock("192.0.2.1", now) == Answer::come_in);
}

TEST_CASE("a hundred thousand knocks a second from everywhere leave a partner its place") {
  Doorkeeper door;
  door.know("198.51.100.7");
  Instant now{1h};
  std::size_t in = 0, partner_in = 0;
  for (int tick = 0; tick < 200'000; ++tick) {
    now = now + 10us;
    in += door.knock(fmt::format("10.{}.{}.{}", tick % 7, tick % 251, tick % 241), now) ==
          Answer::come_in;
    if (tick % 20'000 != 0) continue;
    partner_in += door.knock("198.51.100.7", now) == Answer::come_in;
    door.leave("198.51.100.7");
  }
  CHECK(partner_in == 10);
  CHECK(in == Doorkeeper::strangers_max);
  CHECK(door.half_open() == Doorkeeper::strangers_max);
}

TEST_CASE("strangers who end quickly are let in at a bounded rate, and remembered to a bound") {
  Doorkeeper door;
  Instant now{1h};
  std::size_t in = 0;
  for (int tick = 0; tick < 300'000; ++tick) {
    now = now + 10us;
    const auto source = fmt::format("2001:db8:{:x}:{:x}::/64", tick / 65'536, tick % 65'536);
    if (door.knock(source, now) != Answer::come_in) continue;
    ++in;
    door.leave(source);
  }
  CHECK(in <= 2'000 + 3 * 1'000 + 1);
  CHECK(in >= 2'000);
  CHECK(door.sources() <= Doorkeeper::sources_max);
  CHECK(door.half_open() == 0);
}

TEST_CASE("a source that becomes known takes its places with it") {
  Doorkeeper door;
  const Instant now{1h};
  for (int i = 0; i < 3; ++i) CHECK(door.knock("192.0.2.1", now) == Answer::come_in);
  door.know("192.0.2.1");
  for (int i = 0; i < 3; ++i) door.leave("192.0.2.1");
  CHECK(door.half_open() == 0);
  for (std::size_t i = 0; i < Doorkeeper::strangers_max; ++i)
    CHECK(door.knock(fmt::format("10.0.0.{}", i), now) == Answer::come_in);
  CHECK(door.knock("10.0.1.0", now) == Answer::full);
  CHECK(door.knock("192.0.2.1", now) == Answer::come_in);
}

TEST_CASE("a source is an IPv4 address or the /64 of an IPv6 address") {
  CHECK(source_of(Address("192.0.2.1:7700")) == "192.0.2.1");
  CHECK(source_of(Address("[2001:db8:1:2:3:4:5:6]:7700")) == "2001:db8:1:2::/64");
  CHECK(source_of(Address("[2001:db8:1:2::9]:1")) == "2001:db8:1:2::/64");
  CHECK(source_of(Address("[2001:db8::9]:1")) == "2001:db8:0:0::/64");
  CHECK(source_of(Address("[::1]:1")) == "0:0:0:0::/64");
  CHECK(source_of(Address("[::ffff:192.0.2.1]:1")) == "192.0.2.1");
  CHECK(source_of(Address("unix:/run/x")) == "unix:/run/x");
}
