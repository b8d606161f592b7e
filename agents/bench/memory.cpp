#include "agents/bench/memory.hpp"

#include "agents/bench/record_book.hpp"
#include "agents/bench/scratch.hpp"

namespace tocsin::agents::bench {

Result<Figures> measure_memory(mesh::RealWorld& machine, std::uint64_t count,
                               std::uint64_t seed) {
  auto& world = machine.world();
  const auto at_start = world.processes.rss_bytes();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  // Kept as it was made: a copy would leave freed memory behind, for the agent to hide in.
  const playbooks::BenchLoad made(count, seed);
  const auto& indicators = made.indicators();
  const auto scratch = Scratch::make(world);
  if (!scratch) return std::unexpected(scratch.error());
  // What the load itself takes is no part of an agent.
  const auto load = world.processes.rss_bytes() - std::min(at_start, world.processes.rss_bytes());
  const auto store = mesh::open_lmdb_store(world, {scratch->folder()});
  if (!store) return std::unexpected(store.error());
  RecordBook book(world);
  const auto node =
      mesh::Node::open(world, **store, operators->options(Operators::near), {&book});
  if (!node) return std::unexpected(node.error());
  const auto done = machine.complete(publish_all(world, **node, indicators, mesh::Tlp::green));
  if (!done) return std::unexpected(done.error());
  const auto all = world.processes.rss_bytes();
  if (auto right = book.check(**node, indicators); !right) return std::unexpected(right.error());
  return Figures{{"indicators", double(count), "found afterwards"},
                 {"rss_bytes", double(all - std::min(all, load)), "bytes, without the load",
                  "≤ 300,000,000"},
                 {"index_bytes", double(book.index().bytes()) / double(count), "bytes each"}};
}

}  // namespace tocsin::agents::bench
