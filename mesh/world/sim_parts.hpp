// The small parts of a simulated machine: its log and its view of processes.
#pragma once

#include <deque>

#include "mesh/world/log.hpp"
#include "mesh/world/process.hpp"
#include "mesh/world/sim_universe.hpp"

namespace tocsin::mesh {

/// Keeps the last lines, of all lives of a machine, and folds every line into the trace.
class SimLog final : public Log {
 public:
  struct Line {
    Duration time;
    Level level;
    std::string text;
  };
  static constexpr std::size_t lines_max = 10'000;

  SimLog(SimUniverse& universe, std::uint32_t machine)
      : universe_(universe), machine_(machine) {}
  void write(Level level, std::string_view text) override;
  const std::deque<Line>& lines() const { return lines_; }
  /// Whether some line holds `part`.
  bool says(std::string_view part) const;

 private:
  SimUniverse& universe_;
  std::uint32_t machine_;
  std::deque<Line> lines_;
};

/// One process that starts no others.
class SimProcesses final : public Processes {
 public:
  explicit SimProcesses(Loop& loop) : loop_(loop) {}
  /// Errors: unsupported, always.
  Result<std::unique_ptr<Child>> start(Options options) override;
  Path own_program() const override { return "/usr/bin/tocsin"; }
  std::uint64_t rss_bytes() const override { return 0; }
  Duration cpu_time() const override { return Duration(0); }
  std::uint32_t uid() const override { return 1000; }
  void on_stop(Job job) override { stop_ = std::move(job); }
  /// The first SIGTERM: posts the job of on_stop, if there is one.
  void stop();

 private:
  Loop& loop_;
  Job stop_;
};

}  // namespace tocsin::mesh
