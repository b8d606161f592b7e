// What depends on what, as numbers: how far damage reaches, and in which order to restore.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tocsin::playbooks {

/// Node i depends on the nodes in `depends_on[i]`. Cycles are allowed; neither repeats nor order
/// matter.
struct DependencyGraph {
  std::vector<std::vector<std::uint32_t>> depends_on;
};

/// Where damage comes from, for each node.
struct Spread {
  static constexpr std::int64_t untouched = -2, damaged = -1;
  /// `untouched`, `damaged`, or the next node on a shortest way to a damaged one.
  std::vector<std::int64_t> via;
  std::vector<std::uint32_t> source;   ///< the damaged node that it comes from
  std::vector<std::uint32_t> reached;  ///< all that are touched, nearest to damage first
  static constexpr std::size_t path_max = 64;
  /// The way from `node` to the damaged one, both included; empty when untouched. A way of more
  /// than path_max nodes keeps its beginning and its end.
  std::vector<std::uint32_t> path(std::uint32_t node) const;
};
/// Damage reaches whatever depends on it. Linear in nodes and edges.
Spread spread_from(const DependencyGraph& graph, std::span<const std::uint32_t> damaged);

/// The strongly connected groups, what others depend on first; a group of more than one node is
/// a cycle.
std::vector<std::vector<std::uint32_t>> groups_of(const DependencyGraph& graph);

/// All nodes, what others depend on first; where both orders are possible, and inside a cycle,
/// the one that is `before` comes first. `before` must be a strict total order.
std::vector<std::uint32_t> restore_order(
    const DependencyGraph& graph, const std::function<bool(std::uint32_t, std::uint32_t)>& before);

}  // namespace tocsin::playbooks
