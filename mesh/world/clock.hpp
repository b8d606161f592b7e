// The two kinds of time: monotonic instants for decisions, wall time for signed records.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.hpp"
#include "crypto/time.hpp"

namespace tocsin::mesh {

/// Monotonic, meaningful only inside one run of one agent.
struct Instant {
  Duration since_start{};
  auto operator<=>(const Instant&) const = default;
  Instant operator+(Duration d) const { return {since_start + d}; }
  Duration operator-(Instant other) const { return since_start - other.since_start; }
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall() const = 0;
};

/// `2026-11-23T08:12:30.123Z`
std::string to_rfc3339(WallTime t);
/// Any RFC 3339 time, with offset or `Z`, to the millisecond. Errors: invalid.
Result<WallTime> from_rfc3339(std::string_view text);
/// `90s`, `15m`, `24h`, `30d`, also `250ms`; greater than zero. Errors: invalid.
Result<Duration> parse_duration(std::string_view text);

}  // namespace tocsin::mesh
