#include "playbooks/damage/dependency_graph.hpp"

#include <algorithm>
#include <queue>

namespace tocsin::playbooks {

std::vector<std::uint32_t> Spread::path(std::uint32_t node) const {
  std::vector<std::uint32_t> out;
  if (via[node] == untouched) return out;
  std::int64_t at = node;
  for (; via[std::size_t(at)] != damaged && out.size() + 1 < path_max;
       at = via[std::size_t(at)])
    out.push_back(std::uint32_t(at));
  out.push_back(source[node]);
  return out;
}

Spread spread_from(const DependencyGraph& graph, std::span<const std::uint32_t> damaged) {
  const auto count = graph.depends_on.size();
  std::vector<std::vector<std::uint32_t>> dependents(count);
  for (std::uint32_t node = 0; node < count; ++node)
    for (const auto other : graph.depends_on[node]) dependents[other].push_back(node);

  Spread out{std::vector<std::int64_t>(count, Spread::untouched),
             std::vector<std::uint32_t>(count), {}};
  auto& reached = out.reached;
  for (const auto node : damaged) {
    if (out.via[node] == Spread::damaged) continue;
    out.via[node] = Spread::damaged;
    out.source[node] = node;
    reached.push_back(node);
  }
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (const auto node : dependents[reached[i]]) {
      if (out.via[node] != Spread::untouched) continue;
      out.via[node] = reached[i];
      out.source[node] = out.source[reached[i]];
      reached.push_back(node);
    }
  return out;
}

namespace {

/// Tarjan's algorithm with its own stack, because a chain of dependencies may be long.
class Groups {
 public:
  explicit Groups(const DependencyGraph& graph)
      : graph_(graph), order_(graph.depends_on.size(), 0), low_(order_), open_(order_) {}

  std::vector<std::vector<std::uint32_t>> find() {
    for (std::uint32_t node = 0; node < order_.size(); ++node)
      if (order_[node] == 0) visit(node);
    return std::move(out_);
  }

 private:
  struct Frame {
    std::uint32_t node;
    std::size_t next;
  };

  void enter(std::uint32_t node) {
    order_[node] = low_[node] = ++count_;
    open_[node] = 1;
    stack_.push_back(node);
    frames_.push_back({node, 0});
  }

  void visit(std::uint32_t first) {
    enter(first);
    while (!frames_.empty()) {
      auto& frame = frames_.back();
      const auto node = frame.node;
      const auto& edges = graph_.depends_on[node];
      if (frame.next < edges.size()) {
        const auto other = edges[frame.next++];
        if (order_[other] == 0) enter(other);
        else if (open_[other] != 0) low_[node] = std::min(low_[node], order_[other]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        const auto above = frames_.back().node;
        low_[above] = std::min(low_[above], low_[node]);
      }
      if (low_[node] == order_[node]) close(node);
    }
  }

  void close(std::uint32_t node) {
    std::vector<std::uint32_t> group;
    for (std::uint32_t member = ~node; member != node;) {
      member = stack_.back();
      stack_.pop_back();
      open_[member] = 0;
      group.push_back(member);
    }
    std::ranges::sort(group);
    out_.push_back(std::move(group));
  }

  const DependencyGraph& graph_;
  std::vector<std::uint32_t> order_, low_, open_, stack_;
  std::vector<Frame> frames_;
  std::vector<std::vector<std::uint32_t>> out_;
  std::uint32_t count_ = 0;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> groups_of(const DependencyGraph& graph) {
  return Groups(graph).find();
}

std::vector<std::uint32_t> restore_order(
    const DependencyGraph& graph,
    const std::function<bool(std::uint32_t, std::uint32_t)>& before) {
  auto groups = groups_of(graph);
  std::vector<std::uint32_t> group_of(graph.depends_on.size());
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    std::ranges::sort(groups[g], before);
    for (const auto node : groups[g]) group_of[node] = g;
  }
  std::vector<std::vector<std::uint32_t>> dependents(groups.size());
  std::vector<std::size_t> waits_for(groups.size(), 0);
  for (std::uint32_t node = 0; node < group_of.size(); ++node)
    for (const auto other : graph.depends_on[node]) {
      if (group_of[other] == group_of[node]) continue;
      dependents[group_of[other]].push_back(group_of[node]);
      ++waits_for[group_of[node]];
    }

  const auto later = [&](std::uint32_t a, std::uint32_t b) {
    return before(groups[b].front(), groups[a].front());
  };
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, decltype(later)> ready(later);
  for (std::uint32_t g = 0; g < groups.size(); ++g)
    if (waits_for[g] == 0) ready.push(g);
  std::vector<std::uint32_t> out;
  while (!ready.empty()) {
    const auto g = ready.top();
    ready.pop();
    out.insert(out.end(), groups[g].begin(), groups[g].end());
    for (const auto dependent : dependents[g])
      if (--waits_for[dependent] == 0) ready.push(dependent);
  }
  return out;
}

}  // namespace tocsin::playbooks
