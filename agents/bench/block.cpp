#include "agents/bench/block.hpp"

#include <set>

#include "agents/bench/orders.hpp"
#include "agents/bench/spread.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration effective_max = std::chrono::seconds(10);
// Well below what is measured.
constexpr Duration check_every = std::chrono::milliseconds(1);
constexpr std::size_t list_bytes_max = 16 << 20;

/// What the block list, one value a line, holds right now. Errors: io.
Result<std::set<std::string>> listed(mesh::Disk& disk, const mesh::Path& list) {
  const auto bytes = disk.read(list, list_bytes_max);
  if (!bytes) return std::unexpected(bytes.error());
  std::set<std::string> out;
  auto text = text_of(*bytes);
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// Shares one more indicator and waits until the list of Bleu is exactly `expected`.
mesh::Task<Result<double>> one_block(mesh::World& world, LocalClient& delos, mesh::Path list,
                                     std::string value, const std::set<std::string>& expected) {
  const auto begun = world.clock.now();
  auto adding = delos.call("ioc.add", order_for(value));
  const auto added = co_await adding;
  if (!added) co_return std::unexpected(added.error());
  if (!added->ok) co_return fail(Errc::invalid, "bench: ioc add: {}", added->message);
  while (world.clock.now() - begun < effective_max) {
    const auto now = listed(world.disk, list);
    if (!now) co_return std::unexpected(now.error());
    if (now->contains(value)) {
      if (*now != expected)
        co_return fail(Errc::corrupt, "bench: {} values on Bleu's list, {} were shared",
                       now->size(), expected.size());
      co_return std::chrono::duration<double, std::milli>(world.clock.now() - begun).count();
    }
    co_await mesh::sleep(world.loop, check_every);
  }
  co_return fail(Errc::timeout, "bench: {} did not get onto Bleu's list", value);
}

mesh::Task<Result<Figures>> measure(mesh::World& world, BlockOptions options) {
  auto starting = TwoAgents::start(world, options.program);
  const auto agents = co_await starting;
  if (!agents) co_return std::unexpected(agents.error());
  auto agreeing = block_at_once(world, **agents, options.playbook, options.count);
  if (const auto agreed = co_await agreeing; !agreed) co_return std::unexpected(agreed.error());
  auto to_delos = (*agents)->client(TwoAgents::delos);
  const auto delos = co_await to_delos;
  if (!delos) co_return std::unexpected(delos.error());

  const auto list = (*agents)->home(TwoAgents::bleu) / "edl.txt";
  std::set<std::string> expected;
  std::vector<double> times;
  for (std::uint64_t n = 0; n < options.count; ++n) {
    const auto value = value_of(options.seed, n);
    expected.insert(value);
    auto blocking = one_block(world, **delos, list, value, expected);
    const auto took = co_await blocking;
    if (!took) co_return std::unexpected(took.error());
    times.push_back(*took);
  }
  Figures out{{"blocks", double(options.count), "one after the other"}};
  for (auto& each : spread(std::move(times), {"ioc add at Delos to Bleu's block list", "≤ 250"}))
    out.push_back(std::move(each));
  co_return out;
}

}  // namespace

Result<Figures> measure_block(mesh::RealWorld& machine, const BlockOptions& options) {
  return machine.complete(measure(machine.world(), options));
}

}  // namespace tocsin::agents::bench
