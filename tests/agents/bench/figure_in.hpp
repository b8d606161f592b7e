// Finds a figure by its name.
#pragma once

#include <limits>

#include "agents/bench/figures.hpp"

namespace tocsin::tests {

inline double figure_in(const agents::bench::Figures& figures, std::string_view name) {
  for (const auto& figure : figures)
    if (figure.name == name) return figure.value;
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace tocsin::tests
