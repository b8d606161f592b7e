#include "tests/simulation/mesh_run.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

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
  std::uint64_t stubs = 0, bases = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    MeshRun run(seed);
    const auto complaint = run.play(15s);
    INFO("seed " << seed << ": " << complaint);
    INFO("again: TOCSIN_SEED=" << seed << " build/tests/simulation/test_simulation 'agents agree*'");
    REQUIRE(complaint.empty());
    acknowledged += run.acknowledged();
    crashes += run.crashes();
    stubs += run.report().stubs;
    bases += run.bases();
  }
  CHECK(acknowledged > count * 20);
  CHECK(crashes > 0);
  if (count < 20) return;
  CHECK(stubs > count);
  CHECK(bases > 0);
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

TEST_CASE("a small federation stands restores, bad disks, clocks a day off and a forked agent") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    MeshRun run(MeshPlan::sized(seed, 3, 6));
    const auto complaint = run.play();
    INFO("seed " << seed << ": " << complaint);
    INFO("again: TOCSIN_SEED=" << seed
         << " TOCSIN_ORGS=3 TOCSIN_AGENTS=6 build/tests/simulation/test_simulation '[.scale]'");
    CHECK(complaint.empty());
    CHECK(run.acknowledged() > 20);
  }
}

// TOCSIN_SEED (the first), TOCSIN_SEEDS (how many), TOCSIN_ORGS and TOCSIN_AGENTS (at least one in
// each organisation), TOCSIN_AGENTS_MIN (draws the number of each seed between the two),
// TOCSIN_FAULTS (out of restores,disks,skew,twin).
TEST_CASE("a federation of any size stands everything at once", "[.scale]") {
  const auto first = number_from("TOCSIN_SEED", 1), count = number_from("TOCSIN_SEEDS", 1);
  const auto agents_max = number_from("TOCSIN_AGENTS", 12), orgs = number_from("TOCSIN_ORGS", 4);
  const auto agents_min = std::min(number_from("TOCSIN_AGENTS_MIN", agents_max), agents_max);
  REQUIRE(agents_min >= orgs);
  const char* named = std::getenv("TOCSIN_FAULTS");
  const std::string faults = named ? named : "restores,disks,skew,twin";
  std::size_t failed = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    const auto began = std::clock();
    const auto agents = agents_min + mesh::mix(seed, 0xa9e) % (agents_max - agents_min + 1);
    MeshRun run(MeshPlan::sized(seed, orgs, agents, faults));
    const auto complaint = run.play();
    const auto report = run.report();
    const auto seconds = double(std::clock() - began) / CLOCKS_PER_SEC;
    fmt::print("seed {}: {} agents: {} | said {} acknowledged {} excused {} crashes {} forks {} mended {} "
               "queued {} events {} healed {} ms, {:.3f} redundant, {:.1f} CPU s\n",
               seed, agents, complaint.empty() ? "agrees" : complaint, report.published,
               report.acknowledged, report.excused, report.crashes, report.forks, report.mended,
               report.queued_max, report.events,
               std::chrono::duration_cast<std::chrono::milliseconds>(report.healed_after).count(),
               double(report.duplicates) / double(std::max<std::uint64_t>(report.received, 1)),
               seconds);
    if (complaint.empty()) continue;
    ++failed;
    fmt::print("again: TOCSIN_SEED={} TOCSIN_ORGS={} TOCSIN_AGENTS={} TOCSIN_FAULTS={} "
               "build/tests/simulation/test_simulation '[.scale]'\n",
               seed, orgs, agents, faults);
  }
  CHECK(failed == 0);
}
