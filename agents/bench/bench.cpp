#include "agents/bench/bench.hpp"

#include "agents/bench/catchup.hpp"
#include "agents/bench/ingest.hpp"
#include "agents/bench/latency.hpp"
#include "agents/bench/load.hpp"
#include "agents/bench/memory.hpp"
#include "playbooks/detect/match_bench.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr std::uint64_t count_min = 100, latency_count_max = 100'000;

Result<Figures> measure_match(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed) {
  const auto events = std::max<std::uint64_t>(count * 2 / 5, count_min);
  const auto out = playbooks::run_match_bench(machine.world(), count, events, seed);
  if (!out) return std::unexpected(out.error());
  return Figures{{"indicators", double(out->indicators), ""},
                 {"events", double(out->events), ""},
                 {"events_per_s", out->events_per_s, "per core second", "≥ 400,000"},
                 {"bytes_per_s", out->bytes_per_s, "bytes of JSON per second"},
                 {"hits", double(out->hits), ""},
                 {"false_hits", double(out->false_hits), "", "0"},
                 {"missed_hits", double(out->missed_hits), "", "0"},
                 {"index_bytes_per_indicator", out->index_bytes_per_indicator, "bytes", "≤ 24"}};
}

Result<Figures> catchup_clear(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed) {
  return measure_catchup(machine, count, seed, mesh::Tlp::green);
}

Result<Figures> catchup_sealed(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed) {
  return measure_catchup(machine, count, seed, mesh::Tlp::amber);
}

struct Bench {
  std::string_view what, name;
  std::uint64_t count;
  Result<Figures> (*measure)(mesh::RealWorld&, std::uint64_t, std::uint64_t);
};
// Memory first, while the process is fresh.
constexpr Bench benches[] = {{"memory", "memory", 1'000'000, measure_memory},
                             {"ingest", "ingest", 1'000'000, measure_ingest},
                             {"match", "match", 1'000'000, measure_match},
                             {"catchup", "catchup_green", 1'000'000, catchup_clear},
                             {"catchup", "catchup_amber", 1'000'000, catchup_sealed},
                             {"latency", "latency", 1'000, measure_latency}};

}  // namespace

Result<BenchReport> run_bench(mesh::RealWorld& machine, const BenchOptions& options) {
  if (options.count && (*options.count < count_min || *options.count > count_max))
    return fail(Errc::usage, "--count {}: {} to {} can be measured", *options.count, count_min,
                count_max);
  machine.log().set_level(mesh::Level::warning);
  BenchReport out;
  json::object all;
  for (const auto& bench : benches) {
    if (options.what != "run" && options.what != bench.what) continue;
    auto count = options.count.value_or(bench.count);
    if (bench.what == "latency") count = std::min(count, latency_count_max);
    const auto figures = bench.measure(machine, count, options.seed);
    if (!figures) return std::unexpected(figures.error());
    all[bench.name] = figures_json(*figures);
    out.text += fmt::format("{} (seed {})\n{}\n", bench.name, options.seed,
                            figures_table(*figures));
  }
  if (all.empty())
    return fail(Errc::usage, "no bench '{}': ingest, match, catchup, latency, memory or run",
                options.what);
  out.document = {{"bench", options.what}, {"seed", options.seed}};
  out.document["figures"] = all.size() == 1 ? all.begin()->value() : json::value(std::move(all));
  return out;
}

}  // namespace tocsin::agents::bench
