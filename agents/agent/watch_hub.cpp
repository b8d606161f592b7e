#include "agents/agent/watch_hub.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

WatchHub::WatchHub(mesh::World& world) : world_(world) {
  std::array<std::uint8_t, 5> random;
  world.entropy.fill(random);
  tag_ = to_base32(ByteView(random));
}

void WatchHub::add(std::string_view kind, std::string_view org, json::object line) {
  const auto at = world_.clock.wall();
  json::object body{{"cursor", fmt::format("{}-{}", tag_, next_)},
                    {"at", mesh::to_rfc3339(at)},
                    {"kind", kind},
                    {"org", org}};
  for (auto& [key, value] : line) body.insert_or_assign(key, std::move(value));
  lines_.push_back({next_++, at, std::string(kind), std::move(body)});
  if (lines_.size() > lines_max) lines_.pop_front();
  for (auto* event : waiting_) event->set();
}

Result<std::uint64_t> WatchHub::start_of(const Query& query) const {
  if (!query.after.empty()) {
    const auto dash = query.after.find('-');
    std::uint64_t number = 0;
    if (dash == std::string::npos) return fail(Errc::invalid, "'{}' is no cursor", query.after);
    const auto* first = query.after.data() + dash + 1;
    const auto* last = query.after.data() + query.after.size();
    if (std::from_chars(first, last, number).ptr != last || first == last)
      return fail(Errc::invalid, "'{}' is no cursor", query.after);
    // A cursor of an earlier run: everything of this run came after it.
    if (query.after.substr(0, dash) != tag_) return 1;
    return number + 1;
  }
  if (!query.since.empty()) {
    const auto back = mesh::parse_duration(query.since);
    if (!back) return std::unexpected(back.error());
    const auto from = world_.clock.wall() - *back;
    for (const auto& line : lines_)
      if (line.at >= from) return line.number;
  }
  return next_;
}

mesh::Task<Result<void>> WatchHub::stream(Query query, LineSink& lines) {
  const auto start = start_of(query);
  if (!start) co_return std::unexpected(start.error());
  std::uint64_t at = *start;
  mesh::Event event(world_.loop);
  // Left behind also when this coroutine is destroyed while it waits.
  struct Place {
    std::list<mesh::Event*>& in;
    std::list<mesh::Event*>::iterator at;
    ~Place() { in.erase(at); }
  };
  const Place place{waiting_, waiting_.insert(waiting_.end(), &event)};
  Result<void> sent{};
  while (sent) {
    if (at >= next_) {
      const bool woken = co_await event.wait(std::chrono::seconds(15));
      if (woken) continue;
      // An empty line finds out whether the command is still there.
      sent = co_await lines.line({});
      continue;
    }
    const std::uint64_t first = lines_.front().number;
    if (at < first) {
      json::object gap{{"kind", "gap"}, {"missed", first - at}};
      sent = co_await lines.line(std::move(gap));
      at = first;
      continue;
    }
    const auto& line = lines_[at - first];
    ++at;
    const bool wanted = query.kinds.empty() ||
        std::find(query.kinds.begin(), query.kinds.end(), line.kind) != query.kinds.end();
    if (!wanted) continue;
    json::object body = line.body;
    sent = co_await lines.line(std::move(body));
  }
  co_return std::unexpected(sent.error());
}

}  // namespace tocsin::agents
