#include "tests/simulation/mesh_run.hpp"

#include <cstdlib>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace

TEST_CASE("agents agree after partitions, loss, delay, skew and crashes, and lose nothing") {
  const auto first = number_from("TOCSIN_SEED", 1);
  const auto count = number_from("TOCSIN_SEEDS", std::getenv("TOCSIN_SEED") ? 1 : 200);
  std::size_t acknowledged = 0, crashes = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    MeshRun run(seed);
    const auto complaint = run.play(15s);
    INFO("seed " << seed << ": " << complaint);
    REQUIRE(complaint.empty());
    acknowledged += run.acknowledged();
    crashes += run.crashes();
  }
  CHECK(acknowledged > count * 20);
  CHECK(crashes > 0);
}

TEST_CASE("the same seed gives the same trace") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    MeshRun once(seed), again(seed);
    CHECK(once.play(10s) == again.play(10s));
    CHECK(once.trace() == again.trace());
  }
  MeshRun one(1), two(2);
  one.play(5s);
  two.play(5s);
  CHECK(one.trace() != two.trace());
}
