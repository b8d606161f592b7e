#include "agents/bench/link.hpp"

#include "agents/bench/partner.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/slow_link.hpp"
#include "agents/bench/station.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr std::uint64_t link_bytes_per_s = 100'000'000 / 8;
constexpr Duration delay_one_way = std::chrono::milliseconds(30);
constexpr Duration catch_up_max = std::chrono::minutes(10);
constexpr Duration sample_every = std::chrono::milliseconds(50);

struct LinkPlan {
  const Operators& operators;
  const Indicators& indicators;
  std::string address;
  bool fixed = false;  ///< one connection with the least window
};
struct CaughtUp {
  double seconds = 0, rtt_ms = 0;
  std::size_t lanes = 0, credit_bytes = 0;  ///< at most
};

mesh::Task<Result<CaughtUp>> catch_up_watched(PartnerWorld place, LinkPlan plan) {
  auto& world = place.world;
  RecordBook book(world);
  auto options = plan.operators.options(Operators::far);
  options.peers = {plan.operators.peer(Operators::near, plan.address)};
  if (plan.fixed) {
    options.credit_bytes_max = 0;
    options.lanes_max = 1;
  }
  const auto begun = world.clock.now();
  const auto station = Station::open(world, std::move(options), {&book});
  if (!station) co_return std::unexpected(station.error());
  CaughtUp out;
  while (book.durable() < plan.indicators.size()) {
    if (world.clock.now() - begun > catch_up_max)
      co_return fail(Errc::timeout, "bench: {} of {} indicators are durable",
                     book.durable(), plan.indicators.size());
    co_await mesh::sleep(world.loop, sample_every);
    for (const auto& peer : station->node().peers()) {
      out.lanes = std::max(out.lanes, peer.lanes);
      out.credit_bytes = std::max(out.credit_bytes, peer.credit_bytes);
      out.rtt_ms = std::chrono::duration<double, std::milli>(peer.rtt).count();
    }
  }
  out.seconds = std::chrono::duration<double>(book.durable_at() - begun).count();
  if (auto right = book.check(station->node(), plan.indicators); !right)
    co_return std::unexpected(right.error());
  co_return out;
}

struct Run {
  CaughtUp far;
  double use = 0;
};

mesh::Task<Result<Run>> run_over(mesh::World& world, const mesh::Node& node,
                                 LinkPlan plan) {
  const auto link =
      SlowLink::open(world, node.listening(), {link_bytes_per_s, delay_one_way});
  if (!link) co_return std::unexpected(link.error());
  plan.address = (*link)->address();
  Partner<CaughtUp> far(
      world, [plan](PartnerWorld place) { return catch_up_watched(place, plan); });
  auto ending = far.result();
  const auto out = co_await ending;
  if (!out) co_return std::unexpected(out.error());
  const auto carried = double((*link)->bytes_back());
  co_return Run{*out, carried / (out->seconds * double(link_bytes_per_s))};
}

/// A fresh publisher for each run, since the link is to carry all that it has.
mesh::Task<Result<Run>> measure_run(mesh::RealWorld& machine, const Operators& operators,
                                    const Indicators& indicators, bool fixed) {
  auto& world = machine.world();
  const auto station = Station::open(world, operators.options(Operators::near));
  if (!station) co_return std::unexpected(station.error());
  auto publishing = publish_all(world, station->node(), indicators, mesh::Tlp::green);
  if (auto done = co_await publishing; !done) co_return std::unexpected(done.error());
  auto running =
      run_over(world, station->node(), LinkPlan{operators, indicators, {}, fixed});
  co_return co_await running;
}

}  // namespace

Result<Figures> measure_link(mesh::RealWorld& machine, std::uint64_t count,
                             std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto indicators = make_indicators(count, seed);
  const auto tuned =
      machine.complete(measure_run(machine, *operators, indicators, false));
  if (!tuned) return std::unexpected(tuned.error());
  const auto few = make_indicators(std::max<std::uint64_t>(count / 20, 100), seed);
  const auto fixed = machine.complete(measure_run(machine, *operators, few, true));
  if (!fixed) return std::unexpected(fixed.error());
  return Figures{
      {"indicators", double(count), "found afterwards"},
      {"link_use", 100 * tuned->use, "% of 100 Mbit/s, 60 ms round trip", "≥ 90"},
      {"seconds", tuned->far.seconds, "s, start to durable"},
      {"rtt_ms", tuned->far.rtt_ms, "ms, as measured at the end"},
      {"lanes", double(tuned->far.lanes), "bulk connections, at most"},
      {"credit_bytes", double(tuned->far.credit_bytes), "bytes granted, at most"},
      {"fixed_indicators", double(few.size()), "over one connection, 64 KiB"},
      {"fixed_link_use", 100 * fixed->use, "% with a fixed window of 64 KiB"}};
}

}  // namespace tocsin::agents::bench
