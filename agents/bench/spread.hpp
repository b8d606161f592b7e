// How long each of many took, as the figures that a bench gives.
#pragma once

#include "agents/bench/figures.hpp"

namespace tocsin::agents::bench {

struct SpreadOf {
  std::string_view what;  ///< from where to where, for the units
  std::string bar;        ///< of p99; empty where there is none
};
/// p50_ms, p99_ms and max_ms of `times`, in ms, which is not empty. p99 is the smallest time that
/// at least 99 of 100 do not exceed.
Figures spread(std::vector<double> times, const SpreadOf& of);

}  // namespace tocsin::agents::bench
