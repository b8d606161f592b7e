#include "agents/bench/figures.hpp"

#include "tests/catch.hpp"

using namespace tocsin::agents::bench;

TEST_CASE("figures are aligned for people, and numbers under --json") {
  const Figures figures{{"events_per_s", 1234567.8, "per second", "≥ 400,000"},
                        {"p50_ms", 1.25, "ms"},
                        {"hits", 3, ""}};
  const auto document = figures_json(figures);
  CHECK(document.at("hits").is_int64());
  CHECK(document.at("p50_ms").as_double() == 1.25);
  CHECK(figures_table(figures) ==
        "events_per_s  1,234,568  per second  bar ≥ 400,000\n"
        "p50_ms             1.25  ms\n"
        "hits                  3\n");
}

TEST_CASE("no time is so short that a rate over it is endless") {
  CHECK(seconds(std::chrono::milliseconds(1500)) == 1.5);
  CHECK(seconds(std::chrono::nanoseconds(0)) == 1e-9);
}
