// Time that people and signatures use: UTC milliseconds since 1970.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "crypto/result.hpp"

namespace tocsin {

using Duration = std::chrono::nanoseconds;

/// A point in calendar time, as it stands in signed records. For display and validity only.
struct WallTime {
  std::int64_t ms = 0;
  auto operator<=>(const WallTime&) const = default;
  WallTime operator+(Duration d) const {
    return {ms + std::chrono::duration_cast<std::chrono::milliseconds>(d).count()};
  }
  WallTime operator-(Duration d) const { return *this + (-d); }
  Duration operator-(WallTime other) const { return std::chrono::milliseconds(ms - other.ms); }
};

/// `2026-11-23T08:12:30.123Z`; years 0 to 9999 (another one is a bug of the caller).
std::string to_utc_text(WallTime t);
/// Only what to_utc_text() writes: the one form in signed documents. Errors: invalid.
Result<WallTime> from_utc_text(std::string_view text);

}  // namespace tocsin
