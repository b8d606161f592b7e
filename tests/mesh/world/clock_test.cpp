#include "mesh/world/clock.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("a time is written to the millisecond and read back") {
  const WallTime t{1795421550123};
  CHECK(to_rfc3339(t) == "2026-11-23T08:12:30.123Z");
  CHECK(from_rfc3339(to_rfc3339(t)).value() == t);
  CHECK(to_rfc3339({-1}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("every form of RFC 3339 time is read") {
  const WallTime t{1795421550000};
  CHECK(from_rfc3339("2026-11-23T08:12:30Z").value() == t);
  CHECK(from_rfc3339("2026-11-23t08:12:30z").value() == t);
  CHECK(from_rfc3339("2026-11-23 09:12:30+01:00").value() == t);
  CHECK(from_rfc3339("2026-11-23T02:42:30-05:30").value() == t);
  CHECK(from_rfc3339("2026-11-23T08:12:30.5Z").value() == t + 500ms);
  CHECK(from_rfc3339("2026-11-23T08:12:30.123456789Z").value() == t + 123ms);
  CHECK(from_rfc3339("2026-12-31T23:59:60Z").value() ==
        from_rfc3339("2027-01-01T00:00:00Z").value());
}

TEST_CASE("what is no time is refused and named") {
  for (const auto* text :
       {"", "2026", "2026-11-23", "2026-11-23T08:12:30", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z",
        "2026-11-23T08:12:30.Z", "2026-11-23T08:12:30+24:00", "2026-11-23T08:12:30Zx",
        "2026-11-23T08:12:30+0100", "-026-11-23T08:12:30Z"}) {
    CAPTURE(text);
    const auto t = from_rfc3339(text);
    REQUIRE_FALSE(t);
    CHECK(t.error().code == Errc::invalid);
  }
}

TEST_CASE("durations have one number and one unit") {
  CHECK(parse_duration("250ms").value() == Duration(250ms));
  CHECK(parse_duration("90s").value() == Duration(90s));
  CHECK(parse_duration("15m").value() == Duration(15min));
  CHECK(parse_duration("24h").value() == Duration(24h));
  CHECK(parse_duration("30d").value() == Duration(720h));
  for (const auto* text : {"", "s", "0s", "-5s", "5", "5 s", "5w", "5ss", "1.5h",
                           "99999999999d", "99999999999999999999s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}
