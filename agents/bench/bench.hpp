// `tocsin bench`: measures this machine with the parts that the agent itself is made of.
#pragma once

#include <optional>

#include "agents/bench/figures.hpp"
#include "mesh/world/real_world.hpp"

namespace tocsin::agents::bench {

struct BenchOptions {
  std::string what = "run";  ///< one of those in bench.cpp; run: all
  std::optional<std::uint64_t> count;
  std::uint64_t seed = 1;
  mesh::Path program;  ///< tocsin itself, for those that start agents
  mesh::Path library;  ///< the folder of the playbooks that ship
};
struct BenchReport {
  json::object document;  ///< bench, seed, figures{}; with `run` one object of figures per bench
  std::string text;
};
/// Errors: usage (an unknown bench, a count out of range), those of the measurements.
Result<BenchReport> run_bench(mesh::RealWorld& machine, const BenchOptions& options);

}  // namespace tocsin::agents::bench
