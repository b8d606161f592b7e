// The drawing of the report: one lane per organisation, one for the links between them.
#include <algorithm>

#include "agents/drill/markup.hpp"
#include "agents/drill/report.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr double width = 1160, left = 118, right = 18, head = 46, row_height = 13;
constexpr double mark_gap = 11;  ///< nearer marks go to another row
constexpr std::size_t rows_max = 12;
constexpr double seconds_min = 0.001;  ///< of the axis, so that a drill without time has one

struct Mark {
  double at = 0, from = 0;  ///< seconds; a line leads from `from` to the mark
  std::string shape;        ///< an SVG group at 0,0
  std::string title;
};

std::string circle(std::string_view style) {
  return fmt::format("<circle r=\"4.4\" class=\"{}\"/>", style);
}

std::string shape_of(const TimelineEntry& entry) {
  switch (entry.what) {
    case Happening::inject: return "<path d=\"M0-4.6L4.6 0 0 4.6-4.6 0Z\" class=\"inject\"/>";
    case Happening::decision: return "<rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\" class=\"decide\"/>";
    case Happening::effect: return "<rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\" class=\"contain\"/>";
    case Happening::kill:
      return "<path d=\"M-4.5-4.5L4.5 4.5M4.5-4.5L-4.5 4.5\" class=\"bad line\"/>";
    case Happening::restart: return "<path d=\"M0-5L5 4-5 4Z\" class=\"restore\"/>";
    case Happening::failed: return "<path d=\"M0-5.5L5.5 4.5-5.5 4.5Z\" class=\"bad\"/>";
    case Happening::cut:
    case Happening::heal:
    case Happening::met:
    case Happening::missed: return {};  // Drawn as bars, and from the verdicts.
  }
  panic("unnamed happening", __FILE__, __LINE__);
}

std::string shape_of(const Verdict& verdict) {
  if (!verdict.met)
    return "<circle r=\"5\" class=\"missed\"/><path d=\"M-3-3L3 3M3-3L-3 3\" class=\"bad line\"/>";
  const auto& measures = verdict.expectation->measures;
  return circle(measures ? name_of(*measures) : "plain");
}

class Chart {
 public:
  explicit Chart(const ReportInput& input)
      : input_(input), seconds_(std::max({input.scenario.seconds, input.played.seconds, seconds_min})) {}

  std::string draw() {
    for (const auto& org : input_.scenario.orgs) lane(org.id, org.name);
    links();
    std::string out = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Timeline of the drill\" "
        "xmlns=\"http://www.w3.org/2000/svg\">",
        decimal(width, 0), decimal(head + height_ + 26, 0));
    out += axis() + body_ + "</svg>";
    return out;
  }

 private:
  double x(double at) const { return left + (width - left - right) * at / seconds_; }

  // Vertical lines where events begin, numbered as in the table; seconds below.
  std::string axis() const {
    std::string out;
    double last = -100;
    std::size_t number = 0, row = 0;
    for (const auto& event : input_.scenario.events) {
      ++number;
      const double at = x(event.at);
      row = at - last < 17 ? 1 - row : 0;
      last = at;
      const double y = row ? 12 : 29;
      out += fmt::format("<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" class=\"event\"/>",
                         decimal(at), decimal(y), decimal(head + height_));
      out += fmt::format("<g transform=\"translate({} {})\"><title>{} s: {}</title>"
                         "<circle r=\"8.5\" class=\"badge\"/><text y=\"3.6\" "
                         "class=\"number\">{}</text></g>",
                         decimal(at), decimal(y), event.at, escape(event.title), number);
    }
    const double step = seconds_ > 120 ? 30 : seconds_ > 30 ? 5 : 1;
    for (double at = 0; at <= seconds_; at += step)
      out += fmt::format("<text x=\"{}\" y=\"{}\" class=\"tick\">{} s</text>", decimal(x(at)),
                         decimal(head + height_ + 16), at);
    return out;
  }

  std::vector<Mark> marks_of(const std::string& org) const {
    std::vector<Mark> out;
    for (const auto& entry : input_.timeline) {
      auto shape = shape_of(entry);
      if (shape.empty() || (entry.org != org && !(entry.org.empty() && entry.what == Happening::failed)))
        continue;
      out.push_back({entry.at_s, entry.at_s, std::move(shape),
                     fmt::format("{} s, {}: {}", decimal(entry.at_s), name_of(entry.what),
                                 entry.text)});
    }
    for (const auto& verdict : input_.played.verdicts) {
      const auto about = orgs_of(*verdict.expectation);
      if (std::find(about.begin(), about.end(), org) == about.end()) continue;
      out.push_back({verdict.at_s, verdict.at_s - verdict.took_s, shape_of(verdict),
                     fmt::format("{} s, {}: {} ({})", decimal(verdict.at_s),
                                 verdict.met ? "met" : "missed", verdict.expectation->text,
                                 verdict.detail)});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Mark& a, const Mark& b) { return a.from < b.from; });
    return out;
  }

  void lane(const std::string& org, const std::string& name) {
    const double top = head + height_;
    std::string marks;
    std::vector<double> ends;  // Right edge of each row.
    for (const auto& mark : marks_of(org)) {
      std::size_t row = 0;
      while (row < ends.size() && x(mark.from) - ends[row] < mark_gap) ++row;
      if (row == ends.size() && row < rows_max) ends.push_back(0);
      row = std::min(row, ends.size() - 1);
      ends[row] = x(mark.at);
      const double y = top + 16 + row_height * double(row);
      if (x(mark.at) - x(mark.from) > 1)
        marks += fmt::format("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\" class=\"wait\"/>",
                             decimal(x(mark.from)), decimal(x(mark.at)), decimal(y));
      marks += fmt::format("<g transform=\"translate({} {})\"><title>{}</title>{}</g>",
                           decimal(x(mark.at)), decimal(y), escape(mark.title), mark.shape);
    }
    const double height = 32 + row_height * double(std::max<std::size_t>(ends.size(), 1) - 1);
    body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"lane\"/>",
                         decimal(left - 6), decimal(top), decimal(width - left - right + 12),
                         decimal(height - 4));
    body_ += down_time(org, top, height - 4);
    body_ += fmt::format("<text x=\"{0}\" y=\"{1}\" class=\"name\">{2}</text>"
                         "<text x=\"{0}\" y=\"{3}\" class=\"sub\">{4}</text>",
                         decimal(left - 16), decimal(top + height / 2 - 4), escape(org),
                         decimal(top + height / 2 + 10), escape(name == org ? "" : name));
    body_ += marks;
    height_ += height + 4;
  }

  // From kill to restart.
  std::string down_time(const std::string& org, double top, double height) const {
    std::string out;
    double since = -1;
    const auto bar = [&](double until) {
      out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"down\">"
                         "<title>{} is down</title></rect>",
                         decimal(x(since)), decimal(top), decimal(x(until) - x(since)),
                         decimal(height), escape(org));
      since = -1;
    };
    for (const auto& entry : input_.timeline) {
      if (entry.org != org) continue;
      if (entry.what == Happening::kill) since = entry.at_s;
      // The second entry of a restart says that it is over.
      if (entry.what == Happening::restart && since >= 0 && entry.text.ends_with("again"))
        bar(entry.at_s);
    }
    if (since >= 0) bar(seconds_);
    return out;
  }

  // One bar per pair of organisations whose link was down.
  void links() {
    std::map<std::pair<std::string, std::string>, double> open;
    std::map<std::pair<std::string, std::string>, std::string> bars;
    const auto close = [&](const auto& pair, double since, double until) {
      bars[pair] += fmt::format("<rect x=\"{}\" y=\"-4\" width=\"{}\" height=\"8\" rx=\"2\" "
                                "class=\"cut\"><title>{}–{} down from {} s to {} s</title></rect>",
                                decimal(x(since)), decimal(std::max(x(until) - x(since), 2.0)),
                                escape(pair.first), escape(pair.second), decimal(since),
                                decimal(until));
    };
    for (const auto& entry : input_.timeline)
      for (const auto& one : entry.orgs)
        for (const auto& other : entry.orgs) {
          const std::pair pair(one, other);
          if (one >= other) continue;
          if (entry.what == Happening::cut) open.try_emplace(pair, entry.at_s);
          if (entry.what != Happening::heal || !open.contains(pair)) continue;
          close(pair, open[pair], entry.at_s);
          open.erase(pair);
        }
    for (const auto& [pair, since] : open) close(pair, since, seconds_);
    for (const auto& [pair, bar] : bars) {
      body_ += fmt::format("<g transform=\"translate(0 {})\">{}<text x=\"{}\" y=\"4\" "
                           "class=\"sub\">{}–{}</text></g>",
                           decimal(head + height_ + 10), bar, decimal(left - 16),
                           escape(pair.first), escape(pair.second));
      height_ += 15;
    }
  }

  const ReportInput& input_;
  double seconds_;
  double height_ = 0;
  std::string body_;
};

}  // namespace

std::string report_chart(const ReportInput& input) { return Chart(input).draw(); }

}  // namespace tocsin::agents::drill
