// Whole nodes whose clocks are moved by hand, with indicators that expire and are retracted.
#pragma once

#include "mesh/store/memory_medium.hpp"
#include "mesh/sync/archive.hpp"
#include "mesh/sync/retraction.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

namespace tocsin::tests {

inline constexpr mesh::Marking green{mesh::Tlp::green, mesh::Pap::green};
inline constexpr std::size_t bleu = 0, delos = 1;

inline mesh::Task<void> compact_into(mesh::Node& node, bool dry_run,
                                     std::optional<Result<mesh::CompactionReport>>& out) {
  auto compacting = node.compact(dry_run);
  auto done = co_await compacting;
  out.emplace(std::move(done));
}

/// Their clocks are moved by hand, together.
struct AgingNodes : SimNodes {
  explicit AgingNodes(std::vector<Federation::Org> orgs) : SimNodes(std::move(orgs)) {}
  AgingNodes() : SimNodes({{"bleu"}, {"delos"}}) {
    open(bleu);
    open(delos, {bleu});
    REQUIRE(connected(bleu, delos));
  }
  void pass(Duration time) {
    skew += time;
    for (std::size_t i = 0; i < federation.agents.size(); ++i) machine(i).set_skew(skew);
  }
  WallTime wall(std::size_t who) { return machine(who).world().clock.wall(); }
  mesh::RecordHeader header(std::size_t who, mesh::RecordKind kind) {
    return {kind, green, wall(who), node(who).author()};
  }
  mesh::Draft indicator(std::size_t who, std::string_view value, Duration life,
                        mesh::LogClass log_class = mesh::LogClass::indicator) {
    mesh::IndicatorBody body;
    body.type = mesh::IndicatorType::domain;
    body.value = value;
    body.expires = {(wall(who) + life).ms / 1000 * 1000};
    return {mesh::RecordKind::indicator, green, to_all, log_class,
            mesh::encode_indicator(header(who, mesh::RecordKind::indicator), body)};
  }
  mesh::Draft retraction(std::size_t who, const Digest& target) {
    return {mesh::RecordKind::retraction, green, to_all, mesh::LogClass::urgent,
            mesh::encode_retraction(header(who, mesh::RecordKind::retraction),
                                    {target, "wrong", {}, {}, {}})
                .value()};
  }
  mesh::Published say(std::size_t who, mesh::Draft draft) {
    std::vector<mesh::Draft> drafts;
    drafts.push_back(std::move(draft));
    return publish(who, std::move(drafts)).value().front();
  }
  bool holds(std::size_t who, const Digest& id) { return node(who).find(id).value().has_value(); }
  Result<mesh::CompactionReport> compact(std::size_t who, bool dry_run = false) {
    std::optional<Result<mesh::CompactionReport>> out;
    machine(who).world().loop.spawn(compact_into(node(who), dry_run, out));
    REQUIRE(until([&] { return out.has_value(); }));
    return std::move(*out);
  }
  /// Whether a trial told what was then done.
  static bool same(const mesh::CompactionReport& trial, const mesh::CompactionReport& done) {
    const auto figures = [](const mesh::CompactionReport& r) {
      return std::tuple(r.looked_at, r.dropped, r.records, r.bytes, r.live, r.held_back,
                        r.unreadable, r.reappended, r.checkpoints);
    };
    UNSCOPED_INFO("trial: " << told(trial) << "; done: " << told(done));
    return figures(trial) == figures(done);
  }
  static std::string told(const mesh::CompactionReport& r) {
    return fmt::format("looked at {}, dropped {}, records {}, bytes {}, live {}, held back {}, "
                       "unreadable {}, again {}, checkpoints {}",
                       r.looked_at, r.dropped, r.records, r.bytes, r.live, r.held_back,
                       r.unreadable, r.reappended, r.checkpoints);
  }
  void restart(std::size_t who) {
    take_down(who);
    open(who, who == delos ? std::vector<std::size_t>{bleu} : std::vector<std::size_t>{});
  }
  Duration skew{};
};

}  // namespace tocsin::tests
