#include "crypto/time.hpp"

#include "tests/catch.hpp"

using namespace tocsin;

TEST_CASE("a time in a signed document has one form") {
  CHECK(to_utc_text(WallTime{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_utc_text(WallTime{1'795'421'550'123}) == "2026-11-23T08:12:30.123Z");
  for (const std::int64_t ms :
       {0LL, 951'782'400'000LL, 1'795'421'550'123LL, 253'402'300'799'999LL})
    CHECK(from_utc_text(to_utc_text(WallTime{ms})) == WallTime{ms});
  for (const auto* bad : {"", "2026-11-23T08:12:30Z", "2026-11-23 08:12:30.123Z",
                          "2026-11-23T08:12:30.123z", "2026-02-30T08:12:30.123Z",
                          "2026-11-23T24:00:00.000Z", "2026-11-23T08:60:30.123Z",
                          "2026-11-23T08:12:60.123Z", "2026-11-23T08:12:30,123Z",
                          "-026-11-23T08:12:30.123Z", "2026-1a-23T08:12:30.123Z",
                          "2026-00-23T08:12:30.123Z", "+2026-11-23T8:12:30.12Z"})
    CHECK_FALSE(from_utc_text(bad));
}
