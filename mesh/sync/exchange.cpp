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

Exchange::Exchange(Shared shared, AgentId peer, std::string org)
    : shared_(std::move(shared)), peer_(peer), org_(std::move(org)) {}

Exchange::~Exchange() {
  for (const auto& [purpose, lane] : lanes_) give_back(*lane);
}

void Exchange::keep_lanes(Exchange& before) {
  lanes_ = std::exchange(before.lanes_, {});
  next_pull_ = before.next_pull_;
}

std::vector<LogHead> Exchange::offer() const {
  const PeerName peer{peer_, org_};
  return shared_.catalogue.heads().heads([&](const LogKey& log) {
    return reader_clearance(Exit::pull, log, peer, shared_.catalogue, shared_.charter) ==
           Refusal::none;
  });
}

std::vector<Outgoing> Exchange::on_live(WallTime wall) {
  greeted_ = offer_digest();
  Hello hello;
  hello.time = wall;
  hello.heads_digest = greeted_;
  hello.address = shared_.own_address;
  std::vector<Outgoing> out;
  out.push_back({Purpose::live, std::move(hello)});
  return out;
}

std::vector<Outgoing> Exchange::on_hello(const Hello& hello) {
  const auto ours = offer_digest();
  theirs_ = hello.heads_digest;
  equal_ = theirs_ == ours;
  if (equal_ || ours == shown_) return {};
  return vector_of_heads();
}

std::vector<Outgoing> Exchange::vector_of_heads() {
  const auto heads = offer();
  shown_ = digest_of(heads);
  std::vector<Outgoing> out;
  std::size_t at = 0;
  do {
    const auto count = std::min(frame_logs_max, heads.size() - at);
    Heads part;
    part.logs.assign(heads.begin() + std::ptrdiff_t(at),
                     heads.begin() + std::ptrdiff_t(at + count));
    at += count;
    part.more = at < heads.size();
    out.push_back({Purpose::live, std::move(part)});
  } while (at < heads.size());
  return out;
}

std::vector<Outgoing> Exchange::on_heads(Heads heads) {
  if (assembling_.size() + heads.logs.size() > remote_logs_max) {
    ++refused_["too_many_logs"];
    assembling_.clear();
    return {};
  }
  std::move(heads.logs.begin(), heads.logs.end(), std::back_inserter(assembling_));
  if (heads.more) return {};
  remote_ = std::move(assembling_);
  assembling_.clear();
  denied_.clear();
  auto out = plan();
  const auto ours = offer();
  if (digest_of(ours) == shown_) return out;
  // They lack something that we offer, and cannot know it until we show our heads.
  for (const auto& head : ours) {
    const auto at = std::find_if(remote_->begin(), remote_->end(),
                                 [&](const LogHead& their) { return their.key == head.key; });
    if (at != remote_->end() && *at == head) continue;
    for (auto& message : vector_of_heads()) out.push_back(std::move(message));
    break;
  }
  return out;
}

bool Exchange::denied(const LogKey& log, std::uint64_t sequence) const {
  return std::any_of(denied_.begin(), denied_.end(), [&](const PullRange& range) {
    return range.key == log && range.range.first <= sequence && sequence <= range.range.last;
  });
}

std::vector<Outgoing> Exchange::tick(Instant now, WallTime wall) {
  std::vector<Outgoing> out;
  if (now >= forgive_) {
    denied_.clear();
    forgive_ = now + retry_every;
    out = plan();
    for (auto& message : show_unasked()) out.push_back(std::move(message));
  }
  const auto changes = shared_.catalogue.changes();
  if (changes == seen_changes_) return out;
  seen_changes_ = changes;
  if (offer_digest() != greeted_)
    for (auto& message : on_live(wall)) out.push_back(std::move(message));
  return out;
}

// A peer that has shown all it holds says nothing to a greeting, and would never learn what came
// here by another way.
std::vector<Outgoing> Exchange::show_unasked() {
  const auto changes = shared_.catalogue.changes();
  if (!theirs_ || changes == compared_changes_) return {};
  compared_changes_ = changes;
  const auto ours = offer_digest();
  if (ours == theirs_ || ours == shown_) return {};
  return vector_of_heads();
}

std::uint64_t Exchange::behind() const {
  std::uint64_t out = 0;
  if (remote_)
    for (const auto& gap : shared_.catalogue.missing(*remote_))
      out += gap.range.last - gap.range.first + 1;
  return out;
}

}  // namespace tocsin::mesh
