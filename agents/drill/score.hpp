// Turns what was met, and when, into times and a score per organisation.
#pragma once

#include <array>
#include <optional>

#include "agents/drill/observer.hpp"

namespace tocsin::agents::drill {

struct OrgScore {
  std::string org, role;
  /// Mean seconds of the expectations that measure each phase; nothing where none was met.
  std::array<std::optional<double>, phases_count> seconds;
  int score = 0;  ///< 0 to 100
};

/// The points of one expectation: 0 when missed; when met, from 1 (at once) down to 0.5 (just in
/// time). Those that may take no time at all give 1.
double points_of(const Verdict& verdict);

/// score = 100 × (mean over the phases that the scenario measures for the organisation of the
/// mean of their points) × (share of met ones among all expectations that name it), rounded. An
/// organisation without measured phases is scored by the share alone.
std::vector<OrgScore> score(const Scenario& scenario, const std::vector<Verdict>& verdicts);

/// The organisations that an expectation is about: `of`, or its organisations.
std::vector<std::string> orgs_of(const Expectation& expectation);

}  // namespace tocsin::agents::drill
