// The log of a running program: lines on stderr, for a terminal or the journal.
#pragma once

#include <atomic>

#include "mesh/world/clock.hpp"
#include "mesh/world/log.hpp"

namespace tocsin::mesh {

/// Safe from any thread. Line breaks and other control characters in a text are escaped,
/// so that what a peer or an event says cannot pass for a line of ours. Lifetime: `clock`
/// outlives it.
class RealLog final : public Log {
 public:
  explicit RealLog(const Clock& clock, int descriptor = 2)
      : clock_(clock), descriptor_(descriptor) {}
  void write(Level level, std::string_view text) override;
  /// Lines below `level` are left out; info at first.
  void set_level(Level level) { level_ = level; }

 private:
  const Clock& clock_;
  int descriptor_;
  std::atomic<Level> level_ = Level::info;
};

}  // namespace tocsin::mesh
