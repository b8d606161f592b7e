#include "agents/bench/live.hpp"

#include "agents/bench/orders.hpp"
#include "agents/bench/spread.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration arrival_max = std::chrono::seconds(10);

/// The next line of Bleu's stream that is not there to keep it alive.
mesh::Task<Result<json::object>> next_line(LocalClient& stream) {
  for (;;) {
    auto receiving = stream.receive(arrival_max);
    auto reply = co_await receiving;
    if (!reply) co_return std::unexpected(reply.error());
    if (!reply->ok || !reply->more) co_return fail(Errc::io, "bench: the stream of Bleu ended");
    if (!reply->result.empty()) co_return std::move(reply->result);
  }
}

mesh::Task<Result<double>> one_way(mesh::World& world, LocalClient& delos, LocalClient& stream,
                                   std::string value) {
  const auto begun = world.clock.now();
  auto sending = delos.send("ioc.add", order_for(value));
  if (const auto sent = co_await sending; !sent) co_return std::unexpected(sent.error());
  auto arriving = next_line(stream);
  const auto line = co_await arriving;
  if (!line) co_return std::unexpected(line.error());
  const double took = std::chrono::duration<double, std::milli>(world.clock.now() - begun).count();
  auto answering = delos.receive(arrival_max);
  const auto answer = co_await answering;
  if (!answer) co_return std::unexpected(answer.error());
  if (!answer->ok) co_return fail(Errc::invalid, "bench: ioc add: {}", answer->message);
  const auto* there = line->if_contains("value");
  if (!there || *there != json::value(value) ||
      line->at("id") != answer->result.at("id"))
    co_return fail(Errc::corrupt, "bench: {} was shared, but Bleu matches {}", value,
                   json::serialize(*line));
  co_return took;
}

mesh::Task<Result<Figures>> measure(mesh::World& world, std::uint64_t count, std::uint64_t seed,
                                    mesh::Path program) {
  auto starting = TwoAgents::start(world, std::move(program));
  const auto agents = co_await starting;
  if (!agents) co_return std::unexpected(agents.error());
  auto to_delos = (*agents)->client(TwoAgents::delos);
  const auto delos = co_await to_delos;
  if (!delos) co_return std::unexpected(delos.error());
  auto to_bleu = (*agents)->client(TwoAgents::bleu);
  const auto stream = co_await to_bleu;
  if (!stream) co_return std::unexpected(stream.error());
  json::object kinds;
  kinds["kind"] = json::array{"indicator"};
  auto watching = (*stream)->send("watch", std::move(kinds));
  if (const auto sent = co_await watching; !sent) co_return std::unexpected(sent.error());

  std::vector<double> times;
  for (std::uint64_t n = 0; n < count; ++n) {
    auto going = one_way(world, **delos, **stream, value_of(seed, n));
    const auto took = co_await going;
    if (!took) co_return std::unexpected(took.error());
    times.push_back(*took);
  }
  Figures out{{"indicators", double(count), "one after the other"}};
  for (auto& each : spread(std::move(times), {"ioc add at Delos to matching at Bleu", "≤ 30"}))
    out.push_back(std::move(each));
  co_return out;
}

}  // namespace

Result<Figures> measure_live(mesh::RealWorld& machine, std::uint64_t count, std::uint64_t seed,
                             const mesh::Path& program) {
  return machine.complete(measure(machine.world(), count, seed, program));
}

}  // namespace tocsin::agents::bench
