// What a measurement gives: named numbers with their units, and the bar each should reach.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "crypto/time.hpp"

namespace tocsin::agents::bench {

namespace json = boost::json;

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::string bar = {};  ///< "≤ 6", "≥ 400000"; empty where there is none
};
using Figures = std::vector<Figure>;

/// At least a nanosecond, so that a rate can be taken over it.
double seconds(Duration taken);
/// Name to number; whole numbers as integers.
json::object figures_json(const Figures& figures);
/// One aligned line per figure.
std::string figures_table(const Figures& figures);

}  // namespace tocsin::agents::bench
