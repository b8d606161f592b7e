#include "tests/simulation/propagation.hpp"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

std::size_t number_from(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

double ms(Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

void print(const char* what, const PropagationReport& report) {
  fmt::print("{}: urgent p50 {:.1f} p99 {:.1f} max {:.1f} ms | lingering p50 {:.1f} p99 {:.1f} "
             "max {:.1f} ms | {} first copies, {:.3f} redundant, {} missing\n",
             what, ms(quantile(report.urgent, 0.5)), ms(quantile(report.urgent, 0.99)),
             ms(quantile(report.urgent, 1)), ms(quantile(report.lingering, 0.5)),
             ms(quantile(report.lingering, 0.99)), ms(quantile(report.lingering, 1)),
             report.received - report.duplicates, report.redundant(), report.missing);
  std::fflush(stdout);
}

}  // namespace

TEST_CASE("a record is with every reader within one round trip after the linger, in one copy") {
  const PropagationPlan plan;
  const auto report = Propagation(plan).run();
  print("steady", report);
  CHECK(report.missing == 0);
  CHECK(report.urgent.size() > 100);
  CHECK(quantile(report.urgent, 0.99) <= plan.wan);
  CHECK(quantile(report.lingering, 0.99) <= plan.wan + 20ms);
  CHECK(report.redundant() <= 0.02);
}

TEST_CASE("it takes two round trips at most while gateways are down, and few more copies") {
  PropagationPlan plan;
  plan.gateways_down = 0.25;
  const auto report = Propagation(plan).run();
  print("a quarter of the gateways down", report);
  CHECK(report.missing == 0);
  CHECK(quantile(report.urgent, 0.99) <= 2 * plan.wan);
  CHECK(quantile(report.lingering, 0.99) <= 2 * plan.wan + 20ms);
  CHECK(report.redundant() <= 0.3);
}

TEST_CASE("what is said in the moment in which gateways fall silent still comes to all") {
  PropagationPlan plan;
  plan.gateways_down = 0.25;
  plan.down_before = 0s;
  const auto report = Propagation(plan).run();
  print("in the moment in which they fall silent", report);
  CHECK(report.missing == 0);
  CHECK(quantile(report.urgent, 1) <= 4 * plan.wan);
  CHECK(quantile(report.lingering, 1) <= 4 * plan.wan + 20ms);
  CHECK(report.redundant() <= 0.3);
}

// TOCSIN_AGENTS, TOCSIN_ORGS, TOCSIN_NOTES.
TEST_CASE("propagation in a federation of any size", "[.propagation]") {
  PropagationPlan plan;
  plan.agents = number_from("TOCSIN_AGENTS", 300);
  plan.orgs = number_from("TOCSIN_ORGS", 12);
  plan.notes = int(number_from("TOCSIN_NOTES", 200));
  print("steady", Propagation(plan).run());
  plan.gateways_down = 0.1;
  print("a tenth of the gateways down", Propagation(plan).run());
  plan.down_before = 0s;
  print("in the moment in which they fall silent", Propagation(plan).run());
}
