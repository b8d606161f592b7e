#include "agents/bench/overhead.hpp"

#include "agents/bench/partner.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/station.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration catch_up_max = std::chrono::minutes(2);

struct Plan {
  const Operators& operators;
  const Indicators& indicators;
  std::string address;
};

// Bytes both ways, from the first connection to the last record.
mesh::Task<Result<std::uint64_t>> far_life(PartnerWorld place, Plan plan) {
  auto& world = place.world;
  RecordBook book(world);
  auto options = plan.operators.options(Operators::far);
  options.peers = {plan.operators.peer(Operators::near, plan.address)};
  const auto station = Station::open(world, std::move(options), {&book});
  if (!station) co_return std::unexpected(station.error());
  auto waiting = book.wait_for(plan.indicators.size(), catch_up_max);
  if (auto all = co_await waiting; !all) co_return std::unexpected(all.error());
  const auto bytes = place.network.bytes();
  if (auto right = book.check(station->node(), plan.indicators); !right)
    co_return std::unexpected(right.error());
  co_return bytes;
}

mesh::Task<Result<std::uint64_t>> near_life(mesh::World& world, mesh::Node& node,
                                            Plan plan, std::size_t per_batch) {
  auto publishing =
      publish_all(world, node, plan.indicators, mesh::Tlp::green, {}, per_batch);
  if (auto done = co_await publishing; !done) co_return std::unexpected(done.error());
  Partner<std::uint64_t> far(
      world, [plan](PartnerWorld place) { return far_life(place, plan); });
  auto ending = far.result();
  co_return co_await ending;
}

Result<double> bytes_beside_records(mesh::RealWorld& machine, const Operators& operators,
                                    const Indicators& indicators, std::size_t per_batch) {
  auto& world = machine.world();
  const auto station = Station::open(world, operators.options(Operators::near));
  if (!station) return std::unexpected(station.error());
  const Plan plan{operators, indicators, station->node().listening()};
  const auto all = machine.complete(near_life(world, station->node(), plan, per_batch));
  if (!all) return std::unexpected(all.error());
  std::uint64_t records = 0;
  const Voice voice{.author = station->node().author(), .now = world.clock.wall()};
  for (const auto& one : indicators) records += make_record(one, voice).size();
  return (double(*all) - double(records)) / double(indicators.size());
}

}  // namespace

Result<Figures> measure_overhead(mesh::RealWorld& machine, std::uint64_t count,
                                 std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto indicators = make_indicators(count, seed);
  const auto large = bytes_beside_records(machine, *operators, indicators, batch_records);
  if (!large) return std::unexpected(large.error());
  const auto small = bytes_beside_records(machine, *operators, indicators, 16);
  if (!small) return std::unexpected(small.error());
  return Figures{
      {"indicators", double(count), "found afterwards, each time"},
      {"overhead_bytes_256", *large, "bytes each beside the record, both ways", "≤ 2"},
      {"overhead_bytes_16", *small, "bytes each beside the record, both ways", "≤ 20"}};
}

}  // namespace tocsin::agents::bench
