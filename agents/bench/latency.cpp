#include "agents/bench/latency.hpp"

#include "agents/bench/partner.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/spread.hpp"
#include "agents/bench/station.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration arrivals_max = std::chrono::minutes(2);
constexpr Duration settle = std::chrono::milliseconds(500);

struct Plan {
  const Operators& operators;
  const Indicators& indicators;
  std::string address;
};
struct Arrived {
  std::vector<mesh::Instant> at;
  std::vector<std::string> values;
};

mesh::Task<Result<Arrived>> far_life(PartnerWorld place, Plan plan) {
  auto& world = place.world;
  RecordBook book(world);
  book.keep_arrivals();
  auto options = plan.operators.options(Operators::far);
  options.peers = {plan.operators.peer(Operators::near, plan.address)};
  const auto station = Station::open(world, std::move(options), {&book});
  if (!station) co_return std::unexpected(station.error());
  auto waiting = book.wait_for(plan.indicators.size(), arrivals_max);
  if (auto all = co_await waiting; !all) co_return std::unexpected(all.error());
  co_return Arrived{book.arrivals(), book.values()};
}

mesh::Task<Result<std::vector<double>>> near_life(mesh::World& world, mesh::Node& node,
                                                  Plan plan) {
  Partner<Arrived> far(world,
                       [plan](PartnerWorld place) { return far_life(place, plan); });
  auto meeting = wait_for_peer(world, node, plan.operators.org(Operators::far));
  if (auto met = co_await meeting; !met) co_return std::unexpected(met.error());
  co_await mesh::sleep(world.loop, settle);

  const Voice voice{.author = node.author(), .now = world.clock.wall()};
  const mesh::Audience everybody{true, {}, {}};
  std::vector<mesh::Instant> sent;
  for (const auto& one : plan.indicators) {
    sent.push_back(world.clock.now());
    std::vector<mesh::Draft> drafts;
    drafts.push_back(make_draft(one, voice, everybody, mesh::LogClass::urgent));
    auto publishing = node.publish(std::move(drafts));
    const auto published = co_await publishing;
    if (!published) co_return std::unexpected(published.error());
  }
  auto ending = far.result();
  const auto arrived = co_await ending;
  if (!arrived) co_return std::unexpected(arrived.error());
  std::vector<double> out;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (arrived->values[i] != plan.indicators[i].value)
      co_return fail(Errc::corrupt, "bench: indicator {} came out of order", i);
    out.push_back(
        std::chrono::duration<double, std::milli>(arrived->at[i] - sent[i]).count());
  }
  co_return out;
}

}  // namespace

Result<Figures> measure_latency(mesh::RealWorld& machine, std::uint64_t count,
                                std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto indicators = make_indicators(count, seed);
  const auto station = Station::open(world, operators->options(Operators::near));
  if (!station) return std::unexpected(station.error());
  auto all = machine.complete(near_life(
      world, station->node(), {*operators, indicators, station->node().listening()}));
  if (!all) return std::unexpected(all.error());
  Figures out{{"indicators", double(count), "one after the other"}};
  for (auto& each : spread(std::move(*all), {"order to partner's tables", "≤ 30"}))
    out.push_back(std::move(each));
  return out;
}

}  // namespace tocsin::agents::bench
