// The after-action report: one page that needs nothing else, and the same as JSON.
#pragma once

#include "agents/drill/runner.hpp"
#include "agents/drill/score.hpp"

namespace tocsin::agents::drill {

/// Lifetime: all outlive the report.
struct ReportInput {
  const Scenario& scenario;
  const Played& played;
  const std::vector<OrgScore>& scores;
  const std::vector<TimelineEntry>& timeline;
  std::uint64_t seed = 0;
  WallTime begun;
  std::string trace = {};  ///< of a simulation; empty: real processes have played
};

/// The document of `drill run --json`.
json::object report_document(const ReportInput& input);
/// One HTML page with its styles and drawing inside; no script, nothing from elsewhere.
std::string report_page(const ReportInput& input);
/// For a terminal: the verdict, a table of organisations, and what was missed.
std::string report_summary(const ReportInput& input);

/// Who is where when, as SVG.
std::string report_chart(const ReportInput& input);

}  // namespace tocsin::agents::drill
