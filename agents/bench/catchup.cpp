#include "agents/bench/catchup.hpp"

#include "agents/bench/partner.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/station.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration catch_up_max = std::chrono::minutes(5);
constexpr Duration settle = std::chrono::seconds(1);

struct Plan {
  const Operators& operators;
  const Indicators& indicators;
  std::string address;
};

struct CaughtUp {
  double verified_s = 0, durable_s = 0, cpu_s = 0;
  std::uint64_t put_aside = 0;  ///< batches that were refused or came before their scope
  std::uint64_t bytes = 0, reconnect_bytes = 0;
  Digest heads;
};

// Everything from the fresh start of the far agent to its reconnect with nothing new.
mesh::Task<Result<CaughtUp>> far_life(PartnerWorld place, Plan plan) {
  auto& world = place.world;
  RecordBook book(world);
  auto options = plan.operators.options(Operators::far);
  options.peers = {plan.operators.peer(Operators::near, plan.address)};
  const auto begun = world.clock.now();
  const auto cpu_before = world.processes.cpu_time();
  const auto station = Station::open(world, std::move(options), {&book});
  if (!station) co_return std::unexpected(station.error());
  auto waiting = book.wait_for(plan.indicators.size(), catch_up_max);
  if (auto all = co_await waiting; !all) co_return std::unexpected(all.error());

  CaughtUp out{.verified_s = seconds(book.verified_at() - begun),
               .durable_s = seconds(book.durable_at() - begun),
               .cpu_s = seconds(world.processes.cpu_time() - cpu_before),
               .bytes = place.network.bytes()};
  const auto counters = station->node().counters();
  out.put_aside = counters.waiting;
  for (const auto& [reason, times] : counters.refused) out.put_aside += times;
  if (auto right = book.check(station->node(), plan.indicators); !right)
    co_return std::unexpected(right.error());
  const auto near_org = plan.operators.org(Operators::near);
  out.heads = station->node().heads_digest(near_org);

  station->node().cut(near_org, true);
  co_await mesh::sleep(world.loop, settle);
  const auto before = place.network.bytes();
  station->node().cut(near_org, false);
  auto meeting = wait_for_peer(world, station->node(), near_org);
  if (auto met = co_await meeting; !met) co_return std::unexpected(met.error());
  co_await mesh::sleep(world.loop, settle);
  out.reconnect_bytes = place.network.bytes() - before;
  co_return out;
}

mesh::Task<Result<CaughtUp>> near_life(mesh::World& world, mesh::Node& node, Plan plan,
                                       mesh::Tlp tlp) {
  auto publishing = publish_all(world, node, plan.indicators, tlp);
  if (auto done = co_await publishing; !done) co_return std::unexpected(done.error());
  Partner<CaughtUp> far(world,
                        [plan](PartnerWorld place) { return far_life(place, plan); });
  auto ending = far.result();
  auto out = co_await ending;
  if (out && out->heads != node.heads_digest(plan.operators.org(Operators::far)))
    co_return fail(Errc::corrupt, "bench: the two ends hold different heads");
  co_return out;
}

}  // namespace

Result<Figures> measure_catchup(mesh::RealWorld& machine, std::uint64_t count,
                                std::uint64_t seed, mesh::Tlp tlp) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto indicators = make_indicators(count, seed);
  const auto station = Station::open(world, operators->options(Operators::near));
  if (!station) return std::unexpected(station.error());
  const Plan plan{*operators, indicators, station->node().listening()};
  const auto out = machine.complete(near_life(world, station->node(), plan, tlp));
  if (!out) return std::unexpected(out.error());
  const auto n = double(count);
  const auto bar = fmt::format("≤ {}", std::max(6.0, 2 * n / 1e6));
  return Figures{
      {"indicators", n, "found afterwards"},
      {"seconds", out->durable_s, "s, start to durable", bar},
      {"verified_seconds", out->verified_s, "s, start to verified"},
      {"cpu_seconds", out->cpu_s, "s, both ends, all threads"},
      {"put_aside", double(out->put_aside), "batches refused, or waiting for a key"},
      {"indicators_per_s", n / std::max(out->durable_s, 1e-9), "per second"},
      {"wire_bytes", double(out->bytes) / n, "bytes each, both ways"},
      {"reconnect_bytes", double(out->reconnect_bytes), "bytes, both ways", "≤ 4,096"}};
}

}  // namespace tocsin::agents::bench
