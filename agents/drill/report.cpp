#include "agents/drill/report.hpp"

#include <algorithm>

#include "agents/drill/markup.hpp"
#include "agents/drill/report_style.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr std::array phases{Phase::detect, Phase::share, Phase::decide, Phase::contain,
                            Phase::restore};

std::string full_text(const Verdict& verdict) {
  return verdict.event->title + ": " + verdict.expectation->text;
}

std::size_t met_count(const Played& played) {
  return std::size_t(std::count_if(played.verdicts.begin(), played.verdicts.end(),
                                   [](const auto& one) { return one.met; }));
}

std::string seconds_cell(const std::optional<double>& seconds) {
  return seconds ? decimal(*seconds, 3) + " s" : "–";
}

std::string where_played(const ReportInput& input) {
  if (input.trace.empty()) return "played on this machine";
  return "of virtual time, simulated; trace " + input.trace;
}

std::string score_table(const ReportInput& input) {
  std::string out = "<table><thead><tr><th>Organisation</th><th>Role</th>";
  for (const auto phase : phases) out += fmt::format("<th class=\"n\">{}</th>", name_of(phase));
  out += "<th class=\"n\">score</th></tr></thead><tbody>";
  for (const auto& one : input.scores) {
    out += fmt::format("<tr><td><b>{}</b></td><td>{}</td>", escape(one.org), escape(one.role));
    for (const auto& seconds : one.seconds)
      out += fmt::format("<td class=\"n\">{}</td>", seconds_cell(seconds));
    out += fmt::format("<td class=\"n\"><b>{0}</b><span class=\"bar\"><i style=\"width:{0}%\">"
                       "</i></span></td></tr>",
                       one.score);
  }
  return out + "</tbody></table>";
}

std::string expectation_rows(const ReportInput& input) {
  std::string out;
  std::size_t number = 0, slot = 0;
  for (const auto& event : input.scenario.events) {
    ++number;
    out += fmt::format("<tr class=\"head\"><td><span class=\"no\">{}</span></td><td colspan=\"4\">"
                       "<b>{}</b> <span class=\"dim\">{} s{}{}</span></td></tr>",
                       number, escape(event.title), event.at,
                       event.technique.empty() ? "" : " · ", escape(event.technique));
    for (std::size_t i = 0; i < event.expectations.size(); ++i) {
      const auto& verdict = input.played.verdicts[slot++];
      const auto& measures = verdict.expectation->measures;
      out += fmt::format(
          "<tr><td class=\"{}\">{}</td><td>{}<div class=\"dim\">{}</div></td><td>{}</td>"
          "<td class=\"n\">{} s</td><td class=\"n\">{} s of {} s</td></tr>",
          verdict.met ? "ok" : "lost", verdict.met ? "met" : "missed",
          escape(verdict.expectation->text), escape(verdict.detail),
          measures ? name_of(*measures) : "", decimal(verdict.at_s, 3),
          decimal(verdict.took_s, 3), verdict.expectation->within);
    }
  }
  return out;
}

std::string log_rows(const ReportInput& input) {
  std::string out;
  for (const auto& entry : input.timeline)
    out += fmt::format("<tr><td class=\"n\">{} s</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                       decimal(entry.at_s, 3), escape(entry.org.empty() ? "all" : entry.org),
                       escape(name_of(entry.what)), escape(entry.text));
  return out;
}

std::string legend() {
  std::string out = "<p class=\"legend\">";
  for (const auto phase : phases)
    out += fmt::format("<span><svg viewBox=\"-6 -6 12 12\"><circle r=\"4.4\" class=\"{0}\"/></svg>"
                       "{0}</span>",
                       name_of(phase));
  out += "<span><svg viewBox=\"-6 -6 12 12\"><circle r=\"4.4\" class=\"plain\"/></svg>other "
         "expectation met</span>"
         "<span><svg viewBox=\"-6 -6 12 12\"><path d=\"M0-4.6L4.6 0 0 4.6-4.6 0Z\" "
         "class=\"inject\"/></svg>inject</span>"
         "<span><svg viewBox=\"-6 -6 12 12\"><rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\" "
         "class=\"decide\"/></svg>signature</span>"
         "<span><svg viewBox=\"-6 -6 12 12\"><circle r=\"5\" class=\"missed\"/><path "
         "d=\"M-3-3L3 3M3-3L-3 3\" class=\"bad line\"/></svg>missed</span>"
         "<span><svg viewBox=\"-6 -6 12 12\"><rect x=\"-6\" y=\"-4\" width=\"12\" height=\"8\" "
         "class=\"cut\"/></svg>link or agent down</span>";
  return out + "</p>";
}

}  // namespace

json::object report_document(const ReportInput& input) {
  json::array orgs, expectations, timeline;
  for (const auto& one : input.scores) {
    json::object org{{"org", one.org}, {"role", one.role}};
    for (const auto phase : phases) {
      const auto& seconds = one.seconds[std::size_t(phase)];
      org[std::string(name_of(phase)) + "_s"] = seconds ? json::value(*seconds) : nullptr;
    }
    org["score"] = one.score;
    orgs.push_back(std::move(org));
  }
  for (const auto& verdict : input.played.verdicts)
    expectations.push_back({{"text", full_text(verdict)},
                            {"event", verdict.event->title},
                            {"kind", name_of(verdict.expectation->kind)},
                            {"met", verdict.met},
                            {"at_s", verdict.met ? json::value(verdict.at_s) : nullptr},
                            {"took_s", verdict.took_s},
                            {"within_s", verdict.expectation->within},
                            {"detail", verdict.detail}});
  for (const auto& entry : input.timeline)
    timeline.push_back({{"at_s", entry.at_s},
                        {"org", entry.org},
                        {"what", name_of(entry.what)},
                        {"text", entry.text}});
  json::object out{{"scenario", input.scenario.name},
                   {"title", input.scenario.title},
                   {"exercise", true},
                   {"begun", mesh::to_rfc3339(input.begun)},
                   {"seed", input.seed},
                   {"seconds", input.played.seconds},
                   {"orgs", std::move(orgs)},
                   {"expectations", std::move(expectations)},
                   {"injects_failed", input.played.injects_failed},
                   {"timeline", std::move(timeline)},
                   {"passed", input.played.passed()}};
  out["simulated"] = !input.trace.empty();
  if (!input.trace.empty()) out["trace"] = input.trace;
  return out;
}

std::string report_page(const ReportInput& input) {
  const bool passed = input.played.passed();
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>{0}: after-action report</title><style>{1}</style></head><body><main>"
      "<header><p class=\"tag\">EXERCISE</p><h1>{0}</h1><p class=\"dim\">After-action report · {2} · "
      "seed {3}</p></header>",
      escape(input.scenario.title), report_style, escape(mesh::to_rfc3339(input.begun)),
      input.seed);
  out += fmt::format(
      "<section class=\"cards\"><div class=\"card {}\"><b>{}</b><span>{} of {} expectations met"
      "</span></div><div class=\"card\"><b>{} s</b><span>{}</span></div>",
      passed ? "good" : "poor", passed ? "Passed" : "Not passed", met_count(input.played),
      input.played.verdicts.size(), decimal(input.played.seconds, 1), where_played(input));
  for (const auto& one : input.scores)
    out += fmt::format("<div class=\"card\"><b>{}</b><span>{}, {}</span></div>", one.score,
                       escape(one.org), escape(one.role));
  out += "</section>";
  if (!input.scenario.about.empty())
    out += fmt::format("<p class=\"about\">{}</p>", escape(input.scenario.about));
  if (input.played.injects_failed)
    out += fmt::format("<p class=\"warn\">{} inject(s) could not be played; see the log below.</p>",
                       input.played.injects_failed);
  out += "<h2>Timeline</h2>" + legend() + "<div class=\"chart\">" + report_chart(input) + "</div>";
  out += "<h2>Times and scores</h2>" + score_table(input) +
         "<p class=\"dim\">Mean seconds from an event to what was expected of it. Score: 100 × the "
         "mean over the measured phases of the points of their expectations (1 at once, 0.5 just "
         "in time, 0 missed) × the share of met expectations that name the organisation.</p>";
  out += "<h2>Expectations</h2><table><thead><tr><th></th><th>Expected</th><th>Measures</th>"
         "<th class=\"n\">At</th><th class=\"n\">Took</th></tr></thead><tbody>" +
         expectation_rows(input) + "</tbody></table>";
  out += "<h2>Log</h2><details><summary>Everything in order</summary><table><thead><tr>"
         "<th class=\"n\">At</th><th>Who</th><th>What</th><th></th></tr></thead><tbody>" +
         log_rows(input) + "</tbody></table></details></main></body></html>\n";
  return out;
}

std::string report_summary(const ReportInput& input) {
  std::string out = fmt::format("\n{}: {} of {} expectations met in {} s{}\n",
                                input.played.passed() ? "PASSED" : "NOT PASSED",
                                met_count(input.played), input.played.verdicts.size(),
                                decimal(input.played.seconds, 1),
                                input.trace.empty() ? "" : " of virtual time");
  if (!input.trace.empty())
    out += fmt::format("seed {}, trace {}\n", input.seed, input.trace);
  out += "\n";
  out += fmt::format("{:<12}{:<12}", "org", "role");
  for (const auto phase : phases) out += fmt::format("{:>10}", name_of(phase));
  out += fmt::format("{:>8}\n", "score");
  for (const auto& one : input.scores) {
    out += fmt::format("{:<12}{:<12}", one.org, one.role);
    for (const auto& seconds : one.seconds)
      out += fmt::format("{:>10}", seconds ? decimal(*seconds, 3) + " s" : "-");
    out += fmt::format("{:>8}\n", one.score);
  }
  for (const auto& verdict : input.played.verdicts)
    if (!verdict.met)
      out += fmt::format("\nmissed: {} (within {} s): {}", full_text(verdict),
                         verdict.expectation->within, verdict.detail);
  if (input.played.injects_failed)
    out += fmt::format("\n{} injects could not be played", input.played.injects_failed);
  return out.ends_with('\n') ? out : out + "\n";
}

}  // namespace tocsin::agents::drill
