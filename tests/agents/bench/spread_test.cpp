#include "agents/bench/spread.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("the median and the 99th of 100 are those that so many do not exceed") {
  std::vector<double> times;
  for (int n = 200; n > 0; --n) times.push_back(n);
  const auto out = spread(times, {"here to there", "≤ 30"});
  CHECK(tests::figure_in(out, "p50_ms") == 100);
  CHECK(tests::figure_in(out, "p99_ms") == 198);
  CHECK(tests::figure_in(out, "max_ms") == 200);
  CHECK(out[1].bar == "≤ 30");
  CHECK(out[0].unit == "ms, here to there");
}

TEST_CASE("of a single time all figures are that time") {
  const auto out = spread({7}, {"here to there", ""});
  for (const auto* name : {"p50_ms", "p99_ms", "max_ms"}) CHECK(tests::figure_in(out, name) == 7);
}
