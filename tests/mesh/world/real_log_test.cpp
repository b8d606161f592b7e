#include "mesh/world/real_log.hpp"

#include <unistd.h>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

struct FixedClock final : Clock {
  Instant now() const override { return {}; }
  WallTime wall() const override { return {1795421550123}; }
};

std::string written(Level least, Level level, std::string_view text) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const FixedClock clock;
  RealLog log(clock, ends[1]);
  log.set_level(least);
  log.write(level, text);
  ::close(ends[1]);
  std::string out(16 * 1024, '\0');
  const auto got = ::read(ends[0], out.data(), out.size());
  ::close(ends[0]);
  out.resize(std::size_t(std::max<ssize_t>(0, got)));
  return out;
}

}  // namespace

TEST_CASE("a line has its time, level and text") {
  CHECK(written(Level::info, Level::warning, "link to bleu lost") ==
        "2026-11-23T08:12:30.123Z warn  link to bleu lost\n");
}

TEST_CASE("lines below the level are left out") {
  CHECK(written(Level::info, Level::debug, "x").empty());
  CHECK_FALSE(written(Level::debug, Level::debug, "x").empty());
}

TEST_CASE("a text cannot forge a second line or paint the terminal") {
  CHECK(written(Level::info, Level::info, "a\nb\x1b[31m") ==
        "2026-11-23T08:12:30.123Z info  a\\x0ab\\x1b[31m\n");
}

TEST_CASE("a text without end is cut") {
  CHECK(written(Level::info, Level::info, std::string(100'000, 'x')).size() < 8400);
}
