#include "agents/bench/memory.hpp"

#include "agents/bench/real_machine.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/station.hpp"

namespace tocsin::agents::bench {

Result<Figures> measure_memory(mesh::RealWorld& machine, std::uint64_t count,
                               std::uint64_t seed) {
  auto& world = machine.world();
  const auto at_start = memory_use();
  if (!at_start) return std::unexpected(at_start.error());
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  // Kept as it was made: a copy would leave freed memory behind, for the agent to hide
  // in.
  const playbooks::BenchLoad made(count, seed);
  const auto& indicators = made.indicators();
  // What the load itself takes is no part of an agent.
  const auto loaded = memory_use().value_or(*at_start);
  const auto load = loaded.anonymous - std::min(at_start->anonymous, loaded.anonymous);
  std::uint64_t peak = 0;
  const auto anonymous = [&] {
    const auto now = memory_use();
    const auto own = now && now->anonymous > load ? now->anonymous - load : 0;
    peak = std::max(peak, own);
    return own;
  };
  RecordBook book(world);
  const auto station = Station::open(world, operators->options(Operators::near), {&book});
  if (!station) return std::unexpected(station.error());
  const auto done = machine.complete(publish_all(
      world, station->node(), indicators, mesh::Tlp::green, [&] { (void)anonymous(); }));
  if (!done) return std::unexpected(done.error());
  const auto at_end = double(std::max<std::uint64_t>(anonymous(), 1));
  const auto mapped = memory_use().value_or(MemoryUse{}).mapped;
  if (auto right = book.check(station->node(), indicators); !right)
    return std::unexpected(right.error());
  const auto n = double(count);
  return Figures{
      {"indicators", n, "found afterwards"},
      {"anonymous_bytes", at_end, "bytes, without the load", "≤ 600,000,000"},
      {"mapped_bytes", double(mapped), "bytes of the store's file and the program"},
      {"peak_ratio", double(peak) / at_end,
       "most anonymous bytes while growing, of those at the end", "≤ 1.5"},
      {"index_bytes", double(book.index().bytes()) / n, "bytes each", "≤ 18"}};
}

}  // namespace tocsin::agents::bench
