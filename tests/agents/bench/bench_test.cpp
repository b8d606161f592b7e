#include "agents/bench/bench.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("one bench gives its figures, with the seed") {
  mesh::RealWorld machine;
  const auto out = run_bench(machine, {.what = "match", .count = 1000, .seed = 5});
  REQUIRE(out);
  CHECK(out->document.at("bench") == "match");
  CHECK(out->document.at("seed") == 5);
  CHECK(out->document.at("figures").as_object().contains("events_per_s"));
  CHECK(out->text.find("seed 5") != std::string::npos);
}

TEST_CASE("an unknown bench and a count out of range are usage errors") {
  mesh::RealWorld machine;
  CHECK(run_bench(machine, {.what = "coffee"}).error().code == Errc::usage);
  CHECK(run_bench(machine, {.what = "ingest", .count = 1}).error().code == Errc::usage);
}
