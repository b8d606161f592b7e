#include "playbooks/detect/match_bench.hpp"

#include "playbooks/detect/bench_load.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::uint64_t indicators_min = 100, indicators_max = 100'000'000;
constexpr std::uint64_t block_events = 20'000;

struct Block {
  std::string lines;
  std::vector<std::uint32_t> planted;  ///< by line
};

void fill(BenchLoad& load, std::uint64_t events, Block& block) {
  block.lines.clear();
  block.planted.clear();
  for (std::uint64_t i = 0; i < events; ++i) block.planted.push_back(load.event(block.lines));
}

// Compares hits with what was planted and strikes off what was found.
void compare(const FileHit& hit, Block& block, MatchBench& out) {
  auto& planted = block.planted[hit.line - 1];
  if (planted == hit.ordinal)
    planted = BenchLoad::nothing;
  else
    ++out.false_hits;
}

}  // namespace

Result<MatchBench> run_match_bench(mesh::World& world, std::uint64_t count, std::uint64_t events,
                                   std::uint64_t seed) {
  if (count < indicators_min || count > indicators_max)
    return fail(Errc::usage, "bench: {} indicators, {} to {} can be measured", count,
                indicators_min, indicators_max);
  if (events == 0) return fail(Errc::usage, "bench: no events");
  BenchLoad load(count, seed);
  IndicatorList list(world.entropy);
  for (const auto& one : load.indicators()) {
    const auto added = list.add(one.type, one.value);
    if (!added) return std::unexpected(added.error());
    if (!*added) return fail(Errc::duplicate, "bench: `{}` was made twice", one.value);
  }
  MatchBench out{.indicators = count, .events = events, .seed = seed};
  out.index_bytes_per_indicator = double(list.index().bytes()) / double(count);
  FileMatcher matcher(list.index(), list.confirm());
  Block block;
  std::uint64_t bytes = 0;
  for (std::uint64_t left = events; left > 0;) {
    const auto now = std::min(left, block_events);
    fill(load, now, block);
    const auto begun = world.clock.now();
    const auto totals = matcher.run(block.lines, EventFormat::json, [&](const FileHit& hit) {
      compare(hit, block, out);
    });
    out.seconds += std::chrono::duration<double>(world.clock.now() - begun).count();
    if (totals.events != now)
      return fail(Errc::corrupt, "bench: {} of {} events were read", totals.events, now);
    out.hits += totals.hits;
    bytes += totals.bytes;
    for (const auto planted : block.planted) out.missed_hits += planted != BenchLoad::nothing;
    left -= now;
  }
  out.seconds = std::max(out.seconds, 1e-9);
  out.events_per_s = double(events) / out.seconds;
  out.bytes_per_s = double(bytes) / out.seconds;
  return out;
}

}  // namespace tocsin::playbooks
