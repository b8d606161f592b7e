#include "mesh/sync/exchange.hpp"

#include "mesh/sync/log_order.hpp"

namespace tocsin::mesh {
namespace {

std::uint64_t batches_in(const LogHead& head) {
  auto out = head.contiguous;
  for (const auto& range : head.ranges) out += range.last - range.first + 1;
  return out;
}

}  // namespace

std::size_t Exchange::Lane::open_of(Share share) const {
  return std::size_t(std::count_if(open.begin(), open.end(), [&](const auto& entry) {
    return entry.second.share == share;
  }));
}

// A window's worth each, so that the pulls that are open together outlast the way there and back.
std::size_t Exchange::Lane::pull_batches(Share share) const {
  constexpr std::size_t least = 16;
  const auto mean = in.mean_batch(share);
  if (!mean) return pull_batches_first;
  return std::clamp(in.window(share) / *mean, least, pull_batches_max);
}

Exchange::Lane* Exchange::lane(Purpose purpose) {
  const auto at = lanes_.find(purpose);
  return at == lanes_.end() ? nullptr : at->second.get();
}

std::vector<Outgoing> Exchange::on_bulk(Purpose lane) {
  on_bulk_lost(lane);
  lanes_[lane] = std::make_unique<Lane>(shared_.credit);
  return plan();
}

void Exchange::on_bulk_lost(Purpose lane) {
  const auto at = lanes_.find(lane);
  if (at == lanes_.end()) return;
  give_back(*at->second);
  lanes_.erase(at);
  // It may have ended at a copy of the agent that lacks what the agent has.
  absent_.clear();
}

void Exchange::give_back(const Lane& lane) {
  for (const auto& [id, asked] : lane.open)
    for (const auto& range : asked.ranges) shared_.pulls.give_back(range);
}

// Of what both hold alike nothing is missing, and what nobody known signed is not looked at.
std::vector<PullRange> Exchange::missing() const {
  const auto& catalogue = shared_.catalogue;
  const auto known = [&](const AgentId& author) { return catalogue.roster().any_of(author) != nullptr; };
  return absent_.left_of(catalogue.missing(unlike(*remote(), *offer(), known)));
}

std::vector<Outgoing> Exchange::plan() {
  std::vector<Outgoing> out;
  if (lanes_.empty() || !remote()) return out;
  auto gaps = missing();
  std::stable_sort(gaps.begin(), gaps.end(), [](const auto& a, const auto& b) {
    return rank(a.key.log_class) < rank(b.key.log_class);
  });
  Askings askings;
  for (const auto& gap : gaps)
    if (!waits_for_scope(gap.key)) ask_for(gap, askings, out);
  for (auto& [where, asking] : askings)
    if (!asking.ranges.empty())
      out.push_back(open_pull(where.first, where.second, std::move(asking.ranges)));
  return out;
}

// What is sealed is of use once the control log has brought its scope, and would fill the list of
// those that wait for one.
bool Exchange::waits_for_scope(const LogKey& log) const {
  if (log.scope.is_zero() || shared_.catalogue.scopes().find(log.scope)) return false;
  for (const auto& [purpose, lane] : lanes_)
    for (const auto& [id, asked] : lane->open)
      for (const auto& range : asked.ranges)
        if (range.key.agent == log.agent && range.key.log_class == LogClass::control) return true;
  return false;
}

void Exchange::ask_for(const PullRange& gap, Askings& askings, std::vector<Outgoing>& out) {
  const auto share = share_of(gap.key.log_class);
  for (const auto& piece : shared_.pulls.free(gap.key, gap.range)) {
    if (denied(gap.key, piece.first)) return;
    for (auto first = piece.first;;) {
      const auto where = lane_for(share, askings);
      if (!where) return;
      auto& asking = askings[{*where, share}];
      const auto batches_max = lanes_.at(*where)->pull_batches(share);
      const auto left = piece.last - first;
      const auto room = std::uint64_t(batches_max - asking.batches - 1);
      const SequenceRange part{first, first + std::min(left, room)};
      asking.ranges.push_back({gap.key, part});
      asking.batches += std::size_t(part.last - part.first + 1);
      if (asking.batches >= batches_max || asking.ranges.size() >= frame_ranges_max) {
        out.push_back(open_pull(*where, share, std::exchange(asking.ranges, {})));
        asking.batches = 0;
      }
      if (part.last == piece.last) break;
      first = part.last + 1;
    }
  }
}

// The lane with the fewest pulls of this share; nothing when all have as many as may be.
std::optional<Purpose> Exchange::lane_for(Share share, const Askings& askings) const {
  std::optional<Purpose> out;
  std::size_t fewest = pulls_open_max;
  for (const auto& [purpose, lane] : lanes_) {
    const auto at = askings.find({purpose, share});
    const auto open = lane->open_of(share);
    // One that is being put together goes on to be filled.
    if (at != askings.end() && !at->second.ranges.empty()) return purpose;
    if (open >= fewest) continue;
    fewest = open;
    out = purpose;
  }
  return out;
}

Outgoing Exchange::open_pull(Purpose lane, Share share, std::vector<PullRange> ranges) {
  Pull pull{next_pull_++, std::move(ranges)};
  for (const auto& range : pull.ranges) shared_.pulls.take(range);
  lanes_.at(lane)->open[pull.id] = {share, pull.ranges};
  return {lane, std::move(pull)};
}

std::vector<Outgoing> Exchange::on_pull_end(const PullEnd& end) {
  for (const auto& [purpose, lane] : lanes_) {
    const auto at = lane->open.find(end.id);
    if (at == lane->open.end()) continue;
    // Only of what was asked for: a peer's word about anything else is no reason not to ask.
    for (const auto& gone : end.missing)
      for (const auto& range : at->second.ranges)
        if (range.key == gone.key && range.range.first <= gone.range.first &&
            gone.range.last <= range.range.last)
          absent_.add(gone);
    for (const auto& range : at->second.ranges) {
      shared_.pulls.give_back(range);
      if (absent_.left_of({range}) != std::vector{range}) continue;
      // What did not come, or was not taken, is not asked for again before the next tick.
      for (auto s = range.range.first; s <= range.range.last; ++s)
        if (!shared_.catalogue.heads().has(range.key, s)) {
          denied_.push_back({range.key, {s, ~std::uint64_t(0)}});
          break;
        }
    }
    lane->open.erase(at);
    return plan();
  }
  return {};
}

std::vector<Outgoing> Exchange::ask(const PullRange& range) {
  const auto share = share_of(range.key.log_class);
  if (lanes_.empty() || shared_.pulls.taken(range.key, range.range)) return {};
  const auto& [purpose, lane] = *lanes_.begin();
  if (lane->open_of(share) >= 2 * pulls_open_max || denied(range.key, range.range.first)) return {};
  std::vector<Outgoing> out;
  out.push_back(open_pull(purpose, share, {range}));
  return out;
}

Result<void> Exchange::on_pull(const Pull& pull, Purpose purpose) {
  auto* lane = this->lane(purpose);
  return lane ? lane->server.on_pull(pull) : Result<void>();
}

Result<void> Exchange::on_flow(const Flow& flow, Purpose purpose) {
  auto* lane = this->lane(purpose);
  return lane ? lane->server.on_flow(flow) : Result<void>();
}

Result<void> Exchange::arrived(const Brought& batch) {
  auto* lane = this->lane(batch.lane);
  return lane ? lane->in.arrived(batch.share, batch.bytes) : Result<void>();
}

std::vector<Outgoing> Exchange::consumed(const Brought& batch, Instant now) {
  std::vector<Outgoing> out;
  auto* lane = this->lane(batch.lane);
  if (!lane) return out;
  lane->in.consumed(batch.share, batch.bytes, now, now - batch.at);
  if (auto flow = lane->in.due()) out.push_back({batch.lane, *flow});
  return out;
}

void Exchange::on_rtt(Duration rtt, Instant now) {
  for (const auto& [purpose, lane] : lanes_) lane->in.on_rtt(rtt, now);
}

Result<std::optional<Bytes>> Exchange::next_answer(Purpose purpose) {
  auto* lane = this->lane(purpose);
  if (!lane) return std::nullopt;
  return lane->server.next_answer({shared_.catalogue, shared_.store, shared_.charter},
                                  {peer_, org_}, refused_);
}

bool Exchange::answering() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const auto& entry) { return entry.second->server.answering(); });
}

bool Exchange::idle(Purpose purpose) const {
  const auto at = lanes_.find(purpose);
  return at == lanes_.end() || (at->second->open.empty() && !at->second->server.answering());
}

std::uint64_t Exchange::backlog() const {
  if (!remote()) return 0;
  std::uint64_t ahead = 0;
  for (const auto& head : unlike(*offer(), *remote())) {
    const auto* there = remote()->find(head.key);
    const auto ours = batches_in(head), their = there ? batches_in(*there) : 0;
    if (ours > their) ahead += ours - their;
  }
  return std::max(ahead, behind());
}

// How large the batches are that are still to come nobody knows: as large as those of late.
std::size_t Exchange::lanes_worth(std::size_t lanes_most) const {
  constexpr std::uint64_t batch_bytes = 4096;
  std::uint64_t mean = 0;
  Duration rtt{};
  const bool at_work = std::any_of(lanes_.begin(), lanes_.end(),
                                   [&](const auto& entry) { return !idle(entry.first); });
  if (!at_work) return 1;
  for (const auto& [purpose, lane] : lanes_) {
    rtt = std::max(rtt, lane->in.rtt());
    for (const auto share : all_shares)
      mean = std::max<std::uint64_t>(mean, lane->in.mean_batch(share).value_or(batch_bytes));
  }
  return lanes_wanted(backlog() * mean, rtt, lanes_most);
}

std::size_t Exchange::credit_bytes() const {
  std::size_t out = 0;
  for (const auto& [purpose, lane] : lanes_) out += lane->in.window();
  return out;
}

}  // namespace tocsin::mesh
