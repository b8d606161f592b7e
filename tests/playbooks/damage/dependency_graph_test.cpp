#include "playbooks/damage/dependency_graph.hpp"

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

TEST_CASE("damage reaches what depends on it, by the shortest way") {
  const DependencyGraph graph{{{}, {0}, {1, 0}, {}, {2}}};
  const std::uint32_t damaged[] = {0};
  const auto spread = spread_from(graph, damaged);
  CHECK(spread.path(4) == std::vector<std::uint32_t>{4, 2, 0});
  CHECK(spread.via[3] == Spread::untouched);
  CHECK(spread.path(3).empty());
}

TEST_CASE("a chain of a hundred thousand and a cycle are no trouble") {
  DependencyGraph chain;
  chain.depends_on.resize(100'000);
  for (std::uint32_t i = 1; i < 100'000; ++i) chain.depends_on[i] = {i - 1};
  const std::uint32_t damaged[] = {0};
  CHECK(spread_from(chain, damaged).path(99'999).size() == Spread::path_max);
  CHECK(spread_from(chain, damaged).path(99'999).back() == 0);
  CHECK(groups_of(chain).size() == 100'000);
  chain.depends_on[0] = {99'999};
  CHECK(groups_of(chain).size() == 1);
}

TEST_CASE("restoring goes by dependency first, then by what is asked") {
  const DependencyGraph graph{{{1}, {}, {}, {4}, {3}}};
  const auto larger_first = [](std::uint32_t a, std::uint32_t b) { return a > b; };
  CHECK(restore_order(graph, larger_first) == std::vector<std::uint32_t>{4, 3, 2, 1, 0});
  const auto smaller_first = [](std::uint32_t a, std::uint32_t b) { return a < b; };
  CHECK(restore_order(graph, smaller_first) == std::vector<std::uint32_t>{1, 0, 2, 3, 4});
}
