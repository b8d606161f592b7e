#include "agents/siem/intake.hpp"

#include <algorithm>

namespace tocsin::agents {

namespace {

constexpr Duration sink_retry = std::chrono::milliseconds(100);
constexpr std::size_t reasons_max = 64;

}  // namespace

void Intake::reject(std::string_view reason, std::uint64_t count) {
  if (count == 0) return;
  status.rejected += count;
  auto at = status.reasons.find(std::string(reason));
  if (at == status.reasons.end() && status.reasons.size() >= reasons_max) reason = "other";
  status.reasons[std::string(reason)] += count;
}

RawEvent Intake::event(std::string_view text) const {
  return {bytes_of(text), config.format, {}, {}};
}

mesh::Task<Delivery> deliver(std::shared_ptr<Intake> intake, std::span<const RawEvent> events) {
  Delivery out;
  while (out.taken < events.size()) {
    std::vector<RawEvent> portion;
    std::vector<std::size_t> places;
    auto next = out.taken;
    for (; next < events.size() && portion.size() < events_per_take_max; ++next) {
      if (events[next].bytes.size() > intake->config.event_bytes_max) {
        out.rejected.push_back({next, fmt::format("larger than {} bytes",
                                                  intake->config.event_bytes_max)});
        continue;
      }
      portion.push_back(events[next]);
      places.push_back(next);
    }
    if (!portion.empty()) {
      auto taking = intake->sink.take(portion);
      auto rejected = co_await taking;
      if (!rejected) {
        std::erase_if(out.rejected, [&](const auto& one) { return one.index >= out.taken; });
        out.failed = std::move(rejected.error());
        co_return out;
      }
      intake->status.events += portion.size() - rejected->size();
      for (auto& rejection : *rejected) {
        intake->reject(rejection.reason);
        out.rejected.push_back({places.at(rejection.index), std::move(rejection.reason)});
      }
    }
    if (const auto large = next - out.taken - portion.size(); large > 0)
      intake->reject("event too large", large);
    out.taken = next;
  }
  std::ranges::sort(out.rejected, {}, &Rejection::index);
  co_return out;
}

mesh::Task<bool> deliver_all(std::shared_ptr<Intake> intake, std::span<const RawEvent> events) {
  while (!events.empty() && !intake->stopped) {
    auto delivering = deliver(intake, events);
    const auto delivery = co_await delivering;
    events = events.subspan(delivery.taken);
    if (!delivery.failed) continue;
    if (delivery.failed->code == Errc::closed) co_return false;
    co_await mesh::sleep(intake->world.loop, sink_retry);
  }
  co_return !intake->stopped;
}

}  // namespace tocsin::agents
