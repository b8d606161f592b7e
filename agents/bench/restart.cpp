#include "agents/bench/restart.hpp"

#include "agents/bench/real_machine.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/scratch.hpp"

namespace tocsin::agents::bench {
namespace {

/// What must be the same before and after.
struct State {
  Digest heads;
  std::uint64_t verified = 0, durable = 0, entries = 0;
  bool operator==(const State&) const = default;
};
State state_of(const mesh::Node& node, const RecordBook& book) {
  return {node.heads_digest(), book.verified(), book.durable(), book.index().size()};
}

Result<State> live(mesh::RealWorld& machine, const Operators& operators, const Scratch& scratch,
                   const Indicators& indicators) {
  auto& world = machine.world();
  const auto store = mesh::open_lmdb_store(world, {scratch.folder()});
  if (!store) return std::unexpected(store.error());
  RecordBook book(world);
  const auto node =
      mesh::Node::open(world, **store, operators.options(Operators::near), {&book});
  if (!node) return std::unexpected(node.error());
  const auto done = machine.complete(publish_all(world, **node, indicators, mesh::Tlp::green));
  if (!done) return std::unexpected(done.error());
  return state_of(**node, book);
}

}  // namespace

Result<Figures> measure_restart(mesh::RealWorld& machine, std::uint64_t count,
                                std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const playbooks::BenchLoad made(count, seed);
  const auto& indicators = made.indicators();
  const auto scratch = Scratch::make(world);
  if (!scratch) return std::unexpected(scratch.error());
  const auto before = live(machine, *operators, *scratch, indicators);
  if (!before) return std::unexpected(before.error());
  if (auto cold = drop_cached(scratch->folder() / "data.mdb"); !cold)
    return std::unexpected(cold.error());

  const auto read_before = disk_reads().value_or(0);
  const auto begun = world.clock.now();
  const auto cpu_before = world.processes.cpu_time();
  const auto store = mesh::open_lmdb_store(world, {scratch->folder()});
  if (!store) return std::unexpected(store.error());
  RecordBook book(world);
  const auto node =
      mesh::Node::open(world, **store, operators->options(Operators::near), {&book});
  if (!node) return std::unexpected(node.error());
  const Indicators last(indicators.end() - 1, indicators.end());
  if (auto right = book.check(**node, last); !right) return std::unexpected(right.error());
  const auto wall = seconds(world.clock.now() - begun);
  const auto cpu = seconds(world.processes.cpu_time() - cpu_before);

  const auto read = double(disk_reads().value_or(0) - read_before);

  if (state_of(**node, book) != *before)
    return fail(Errc::corrupt, "bench: another state came back than went down");
  if (auto right = book.check(**node, indicators); !right) return std::unexpected(right.error());
  return Figures{{"indicators", double(count), "found afterwards"},
                 {"seconds", wall, "s, start to a match; store's pages dropped before (fadvise)",
                  "≤ 6"},
                 {"cpu_seconds", cpu, "s, all threads"},
                 {"store_bytes", double((*store)->bytes_on_disk()), "bytes"},
                 {"read_bytes", read, "bytes, from the disk itself"}};
}

}  // namespace tocsin::agents::bench
