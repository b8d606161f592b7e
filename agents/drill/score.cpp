#include "agents/drill/score.hpp"

#include <algorithm>
#include <cmath>

namespace tocsin::agents::drill {
namespace {

struct Sum {
  double total = 0;
  std::size_t count = 0;
  void add(double value) { total += value, ++count; }
  double mean() const { return count ? total / double(count) : 0; }
};

std::string measured_org(const Expectation& expectation) {
  return expectation.scored.empty() ? expectation.fields.text("org") : expectation.scored;
}

OrgScore score_one(const Organisation& org, const std::vector<Verdict>& verdicts) {
  OrgScore out{org.id, std::string(crypto::name_of(org.role)), {}, 0};
  std::array<Sum, phases_count> points, seconds;
  Sum met;
  for (const auto& verdict : verdicts) {
    const auto& expectation = *verdict.expectation;
    const auto about = orgs_of(expectation);
    if (std::find(about.begin(), about.end(), org.id) == about.end()) continue;
    met.add(verdict.met ? 1 : 0);
    if (!expectation.measures || measured_org(expectation) != org.id) continue;
    const auto phase = std::size_t(*expectation.measures);
    points[phase].add(points_of(verdict));
    if (verdict.met) seconds[phase].add(verdict.took_s);
  }
  Sum phases;
  for (std::size_t i = 0; i < phases_count; ++i) {
    if (points[i].count) phases.add(points[i].mean());
    if (seconds[i].count) out.seconds[i] = seconds[i].mean();
  }
  const double quality = phases.count ? phases.mean() : 1;
  out.score = int(std::lround(100 * quality * met.mean()));
  return out;
}

}  // namespace

double points_of(const Verdict& verdict) {
  if (!verdict.met) return 0;
  const double within = verdict.expectation->within;
  if (within <= 0 || is_absence(verdict.expectation->kind)) return 1;
  return 1 - 0.5 * std::clamp(verdict.took_s / within, 0.0, 1.0);
}

std::vector<std::string> orgs_of(const Expectation& expectation) {
  if (!expectation.scored.empty()) return {expectation.scored};
  std::vector<std::string> out = expectation.fields.texts("orgs");
  if (expectation.fields.has("org")) out.push_back(expectation.fields.text("org"));
  return out;
}

std::vector<OrgScore> score(const Scenario& scenario, const std::vector<Verdict>& verdicts) {
  std::vector<OrgScore> out;
  for (const auto& org : scenario.orgs) out.push_back(score_one(org, verdicts));
  return out;
}

}  // namespace tocsin::agents::drill
