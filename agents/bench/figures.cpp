#include "agents/bench/figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace tocsin::agents::bench {
namespace {

constexpr double whole_max = 9e15;

bool is_whole(double value) { return std::abs(value) < whole_max && value == std::floor(value); }

// Three digits that count, whole numbers in groups of three.
std::string shown(double value) {
  if (std::abs(value) < 100 && !is_whole(value)) return fmt::format("{:.3g}", value);
  auto out = fmt::format("{:.0f}", value);
  for (auto at = std::ptrdiff_t(out.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    out.insert(std::size_t(at), 1, ',');
  return out;
}

}  // namespace

double seconds(Duration taken) {
  return std::max(std::chrono::duration<double>(taken).count(), 1e-9);
}

json::object figures_json(const Figures& figures) {
  json::object out;
  for (const auto& figure : figures) {
    if (is_whole(figure.value))
      out[figure.name] = std::int64_t(figure.value);
    else
      out[figure.name] = figure.value;
  }
  return out;
}

std::string figures_table(const Figures& figures) {
  std::size_t names = 0, values = 0, units = 0;
  for (const auto& figure : figures) {
    names = std::max(names, figure.name.size());
    values = std::max(values, shown(figure.value).size());
    units = std::max(units, figure.unit.size());
  }
  std::string out;
  for (const auto& figure : figures) {
    auto line = fmt::format("{:<{}}  {:>{}}  {:<{}}  {}", figure.name, names, shown(figure.value),
                            values, figure.unit, units,
                            figure.bar.empty() ? "" : "bar " + figure.bar);
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }
  return out;
}

}  // namespace tocsin::agents::bench
