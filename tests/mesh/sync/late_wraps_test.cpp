#include "mesh/sync/late_wraps.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::size_t bytes_max = 64 * 1024;
constexpr std::size_t record_bytes = 896;

LateWraps::Wrap by(std::string org, std::uint8_t first_byte = 1) {
  return {Bytes(record_bytes, first_byte), AgentId{{1}}, std::move(org)};
}

std::size_t fill(LateWraps& wraps, const std::string& org, bool own) {
  std::size_t out = 0;
  while (wraps.keep(ScopeId{{1}}, by(org), own)) REQUIRE(++out < 1'000);
  return out;
}

}  // namespace

TEST_CASE("what waits for a scope is given once it is there, in the order in which it came") {
  LateWraps wraps(bytes_max);
  REQUIRE(wraps.keep(ScopeId{{1}}, by("bleu", 10), false));
  REQUIRE(wraps.keep(ScopeId{{2}}, by("bleu", 20), false));
  REQUIRE(wraps.keep(ScopeId{{1}}, by("delos", 11), true));
  const auto first = wraps.take(ScopeId{{1}});
  REQUIRE(first.size() == 2);
  CHECK(first[0].record.front() == 10);
  CHECK(first[1].record.front() == 11);
  CHECK(wraps.take(ScopeId{{1}}).empty());
  const auto rest = wraps.take_all();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].record.front() == 20);
  CHECK(wraps.take_all().empty());
}

TEST_CASE("no organisation takes the room of another, and none that of the own one") {
  LateWraps wraps(bytes_max);
  for (const auto* org : {"a", "b", "c", "d"}) CHECK(fill(wraps, org, false) == 8);
  CHECK(fill(wraps, "e", false) == 0);
  CHECK(fill(wraps, "own", true) == 32);
  // What was taken makes room again.
  wraps.take(ScopeId{{1}});
  CHECK(fill(wraps, "e", false) == 8);
  CHECK(fill(wraps, "own", true) == 32);
  wraps.take_all();
  CHECK(fill(wraps, "f", false) == 8);
}
