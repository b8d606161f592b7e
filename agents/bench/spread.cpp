#include "agents/bench/spread.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tocsin::agents::bench {

Figures spread(std::vector<double> times, const SpreadOf& of) {
  std::sort(times.begin(), times.end());
  const auto share = [&](std::size_t hundredths) {
    return times[(times.size() * hundredths + 99) / 100 - 1];
  };
  const auto unit = fmt::format("ms, {}", of.what);
  return {{"p50_ms", share(50), unit},
          {"p99_ms", share(99), unit, of.bar},
          {"max_ms", times.back(), "ms"}};
}

}  // namespace tocsin::agents::bench
