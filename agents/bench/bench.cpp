#include "agents/bench/bench.hpp"

#include "agents/bench/alarm.hpp"
#include "agents/bench/block.hpp"
#include "agents/bench/catchup.hpp"
#include "agents/bench/handshakes.hpp"
#include "agents/bench/ingest.hpp"
#include "agents/bench/latency.hpp"
#include "agents/bench/link.hpp"
#include "agents/bench/live.hpp"
#include "agents/bench/load.hpp"
#include "agents/bench/memory.hpp"
#include "agents/bench/overhead.hpp"
#include "agents/bench/reconcile.hpp"
#include "agents/bench/restart.hpp"
#include "playbooks/detect/match_bench.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr std::uint64_t count_min = 100, process_count_max = 10'000;
constexpr std::uint64_t latency_count_max = 100'000, handshakes_count_max = 100'000;

struct Load {
  std::uint64_t count, seed;
  mesh::Path program, library;
};

Result<Figures> match(mesh::RealWorld& machine, const Load& load) {
  const auto events = std::max<std::uint64_t>(load.count * 2 / 5, count_min);
  const auto out = playbooks::run_match_bench(machine.world(), load.count, events, load.seed);
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

Result<Figures> catchup_clear(mesh::RealWorld& machine, const Load& load) {
  return measure_catchup(machine, load.count, load.seed, mesh::Tlp::green);
}

Result<Figures> catchup_sealed(mesh::RealWorld& machine, const Load& load) {
  return measure_catchup(machine, load.count, load.seed, mesh::Tlp::amber);
}

Result<Figures> memory(mesh::RealWorld& machine, const Load& load) {
  return measure_memory(machine, load.count, load.seed);
}

Result<Figures> restart(mesh::RealWorld& machine, const Load& load) {
  return measure_restart(machine, load.count, load.seed);
}

Result<Figures> ingest(mesh::RealWorld& machine, const Load& load) {
  return measure_ingest(machine, load.count, load.seed);
}

Result<Figures> reconcile(mesh::RealWorld& machine, const Load& load) {
  return measure_reconcile(machine, load.count, load.seed);
}

Result<Figures> handshakes(mesh::RealWorld& machine, const Load& load) {
  return measure_handshakes(machine, std::min(load.count, handshakes_count_max));
}

Result<Figures> overhead(mesh::RealWorld& machine, const Load& load) {
  return measure_overhead(machine, load.count, load.seed);
}

Result<Figures> latency(mesh::RealWorld& machine, const Load& load) {
  return measure_latency(machine, std::min(load.count, latency_count_max), load.seed);
}

Result<Figures> alarm(mesh::RealWorld& machine, const Load& load) {
  return measure_alarm(machine, load.count, load.seed);
}

Result<Figures> link(mesh::RealWorld& machine, const Load& load) {
  return measure_link(machine, load.count, load.seed);
}

Result<Figures> live(mesh::RealWorld& machine, const Load& load) {
  return measure_live(machine, std::min(load.count, process_count_max), load.seed, load.program);
}

Result<Figures> block(mesh::RealWorld& machine, const Load& load) {
  return measure_block(machine, {.count = std::min(load.count, process_count_max),
                                 .seed = load.seed,
                                 .program = load.program,
                                 .playbook = load.library / "block-standing.json"});
}

struct Bench {
  std::string_view what, name;
  std::uint64_t count;
  Result<Figures> (*measure)(mesh::RealWorld&, const Load&);
};
// Memory first, while the process is fresh.
constexpr Bench benches[] = {{"memory", "memory", 10'000'000, memory},
                             {"restart", "restart", 10'000'000, restart},
                             {"ingest", "ingest", 1'000'000, ingest},
                             {"match", "match", 1'000'000, match},
                             {"catchup", "catchup_green", 1'000'000, catchup_clear},
                             {"catchup", "catchup_amber", 1'000'000, catchup_sealed},
                             {"reconcile", "reconcile", 100'000, reconcile},
                             {"alarm", "alarm", 1'000'000, alarm},
                             {"link", "link", 3'000'000, link},
                             {"latency", "latency", 1'000, latency},
                             {"overhead", "overhead", 100'000, overhead},
                             {"handshakes", "handshakes", 5'000, handshakes},
                             {"live", "live", 1'000, live},
                             {"block", "block", 200, block}};

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
    const Load load{options.count.value_or(bench.count), options.seed, options.program,
                    options.library};
    const auto figures = bench.measure(machine, load);
    if (!figures) return std::unexpected(figures.error());
    all[bench.name] = figures_json(*figures);
    out.text += fmt::format("{} (seed {})\n{}\n", bench.name, options.seed,
                            figures_table(*figures));
  }
  if (all.empty())
    return fail(Errc::usage,
                "no bench '{}': ingest, match, catchup, reconcile, alarm, link, latency, live, block, "
                "memory, restart, overhead, handshakes or run",
                options.what);
  out.document = {{"bench", options.what}, {"seed", options.seed}};
  out.document["figures"] = all.size() == 1 ? all.begin()->value() : json::value(std::move(all));
  return out;
}

}  // namespace tocsin::agents::bench
