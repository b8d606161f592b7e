#include "mesh/sync/exchange.hpp"

namespace tocsin::mesh {
namespace {

bool overlap(SequenceRange a, SequenceRange b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

bool PullBook::taken(const LogKey& log, SequenceRange range) const {
  const auto at = open_.find(log);
  return at != open_.end() &&
         std::any_of(at->second.begin(), at->second.end(),
                     [&](SequenceRange taken) { return overlap(taken, range); });
}

std::vector<SequenceRange> PullBook::free(const LogKey& log, SequenceRange range) const {
  const auto at = open_.find(log);
  if (at == open_.end()) return {range};
  if (at->second.size() >= open_per_log_max) return {};
  std::vector<SequenceRange> held;
  for (const auto& taken : at->second)
    if (overlap(taken, range)) held.push_back(taken);
  std::sort(held.begin(), held.end());
  return subtract(range, held);
}

void PullBook::give_back(const PullRange& range) {
  const auto log = open_.find(range.key);
  if (log == open_.end()) return;
  auto& ranges = log->second;
  const auto at = std::find(ranges.begin(), ranges.end(), range.range);
  if (at != ranges.end()) ranges.erase(at);
  if (ranges.empty()) open_.erase(log);
}

namespace {

std::vector<Outgoing> on_live_connection(std::vector<Message> messages) {
  std::vector<Outgoing> out;
  for (auto& message : messages) out.push_back({Purpose::live, std::move(message)});
  return out;
}

}  // namespace

Exchange::Exchange(Shared shared, AgentId peer, std::string org)
    : shared_(std::move(shared)), peer_(peer), org_(std::move(org)),
      heads_({shared_.catalogue, shared_.charter, shared_.vectors, shared_.memory,
              shared_.own_address, shared_.flags},
             peer, org_) {}

Exchange::~Exchange() {
  for (const auto& [purpose, lane] : lanes_) give_back(*lane);
}

void Exchange::keep_lanes(Exchange& before) {
  lanes_ = std::exchange(before.lanes_, {});
  next_pull_ = before.next_pull_;
}

std::vector<Outgoing> Exchange::on_live(WallTime wall) {
  std::vector<Outgoing> out;
  out.push_back({Purpose::live, heads_.greet(wall)});
  return out;
}

std::vector<Outgoing> Exchange::on_hello(const Hello& hello) {
  const auto* before = remote();
  auto answers = on_live_connection(heads_.on_hello(hello));
  if (remote() == before) return answers;
  auto out = plan();
  for (auto& message : answers) out.push_back(std::move(message));
  return out;
}

Result<std::vector<Outgoing>> Exchange::on_heads(Heads heads) {
  auto answers = heads_.on_heads(std::move(heads));
  if (!answers) return std::unexpected(answers.error());
  if (!*answers) return std::vector<Outgoing>();
  return heard_heads(std::move(**answers));
}

Result<std::vector<Outgoing>> Exchange::on_delta(const HeadsDelta& delta, WallTime wall) {
  auto answers = heads_.on_delta(delta, wall);
  if (!answers) return std::unexpected(answers.error());
  return heard_heads(std::move(*answers));
}

std::vector<Outgoing> Exchange::heard_heads(std::vector<Message> answers) {
  denied_.clear();
  auto out = plan();
  for (auto& message : on_live_connection(std::move(answers))) out.push_back(std::move(message));
  return out;
}

bool Exchange::denied(const LogKey& log, std::uint64_t sequence) const {
  return std::any_of(denied_.begin(), denied_.end(), [&](const PullRange& range) {
    return range.key == log && range.range.first <= sequence && sequence <= range.range.last;
  });
}

std::vector<Outgoing> Exchange::tick(Instant now, WallTime wall) {
  std::vector<Outgoing> out;
  if (now >= absent_until_) {
    absent_.clear();
    absent_until_ = now + absent_for;
  }
  if (now >= forgive_) {
    denied_.clear();
    forgive_ = now + retry_every;
    out = plan();
    for (auto& message : on_live_connection(heads_.show_unasked()))
      out.push_back(std::move(message));
  }
  if (auto greeting = heads_.tick(wall)) out.push_back({Purpose::live, std::move(*greeting)});
  return out;
}

std::uint64_t Exchange::behind() const {
  std::uint64_t out = 0;
  if (remote())
    for (const auto& gap : missing()) out += gap.range.last - gap.range.first + 1;
  return out;
}

}  // namespace tocsin::mesh
