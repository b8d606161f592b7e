// What happened when, for people who look on and for the report.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mesh/world/clock.hpp"

namespace tocsin::agents::drill {

enum class Happening : std::uint8_t {
  inject, met, missed, decision, effect, cut, heal, kill, restart, failed,
};
std::string_view name_of(Happening happening);

struct TimelineEntry {
  double at_s = 0;
  std::string org;  ///< empty: all of them
  Happening what{};
  std::string text;
  std::vector<std::string> orgs;  ///< of a cut or healed link
};

class Timeline {
 public:
  using Tell = std::function<void(std::string_view line)>;
  /// `tell` gets each entry as one line, and may be empty. Lifetime: `clock` outlives it.
  Timeline(mesh::Clock& clock, Tell tell, bool colour)
      : clock_(clock), tell_(std::move(tell)), colour_(colour) {}

  /// From now on times count.
  void begin() { start_ = clock_.now(); }
  double seconds() const;
  void add(std::string org, Happening what, std::string text,
           std::vector<std::string> orgs = {});
  const std::vector<TimelineEntry>& entries() const { return entries_; }

 private:
  mesh::Clock& clock_;
  Tell tell_;
  bool colour_ = false;
  mesh::Instant start_;
  std::vector<TimelineEntry> entries_;
};

/// `   3.021 s  delos     inject    text`, control characters taken out.
std::string line_of(const TimelineEntry& entry, bool colour);

}  // namespace tocsin::agents::drill
