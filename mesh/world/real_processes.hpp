// This process and its children, through POSIX.
#pragma once

#include "mesh/world/process.hpp"
#include "mesh/world/real_loop.hpp"

namespace tocsin::mesh {

/// Lifetime: `loop` outlives it and every Child.
class RealProcesses final : public Processes {
 public:
  explicit RealProcesses(RealLoop& loop);
  ~RealProcesses() override;
  /// Errors: usage (no program named), not_found, io (also: `out` cannot be opened).
  Result<std::unique_ptr<Child>> start(Options options) override;
  Path own_program() const override;
  std::uint64_t rss_bytes() const override;
  Duration cpu_time() const override;
  std::uint32_t uid() const override;
  void on_stop(Job job) override;

 private:
  struct Signals;
  RealLoop& loop_;
  std::unique_ptr<Signals> signals_;
};

}  // namespace tocsin::mesh
