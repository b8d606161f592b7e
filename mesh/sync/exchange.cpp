#include "mesh/sync/exchange.hpp"

namespace tocsin::mesh {
namespace {

int rank(LogClass log_class) {
  switch (log_class) {
    case LogClass::control: return 0;
    case LogClass::urgent: return 1;
    case LogClass::case_: return 2;
    case LogClass::indicator: return 3;
  }
  return 4;
}

bool overlap(SequenceRange a, SequenceRange b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

bool PullBook::taken(const LogKey& log, SequenceRange range) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const PullRange& taken) {
    return taken.key == log && overlap(taken.range, range);
  });
}

void PullBook::give_back(const PullRange& range) {
  const auto at = std::find(ranges_.begin(), ranges_.end(), range);
  if (at != ranges_.end()) ranges_.erase(at);
}

Exchange::Exchange(Shared shared, AgentId peer, std::string org)
    : shared_(std::move(shared)), peer_(peer), org_(std::move(org)) {}

Exchange::~Exchange() { on_bulk_lost(); }

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
  hello.flags = shared_.flags;
  std::vector<Outgoing> out;
  out.push_back({Purpose::live, std::move(hello)});
  return out;
}

std::vector<Outgoing> Exchange::on_bulk() {
  bulk_ = true;
  return plan();
}

void Exchange::on_bulk_lost() {
  bulk_ = false;
  for (const auto& [id, ranges] : open_pulls_)
    for (const auto& range : ranges) shared_.pulls.give_back(range);
  open_pulls_.clear();
  serving_.clear();
  answers_.clear();
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

std::vector<Outgoing> Exchange::plan() {
  std::vector<Outgoing> out;
  if (!bulk_ || !remote_) return out;
  auto missing = shared_.catalogue.missing(*remote_);
  std::stable_sort(missing.begin(), missing.end(), [](const auto& a, const auto& b) {
    return rank(a.key.log_class) < rank(b.key.log_class);
  });
  Pull pull;
  std::size_t batches = 0;
  const auto send = [&] {
    if (pull.ranges.empty()) return;
    pull.id = next_pull_++;
    for (const auto& range : pull.ranges) shared_.pulls.take(range);
    open_pulls_[pull.id] = pull.ranges;
    out.push_back({Purpose::bulk, std::move(pull)});
    pull = {};
    batches = 0;
  };
  for (const auto& gap : missing) {
    for (auto first = gap.range.first; open_pulls_.size() < pulls_open_max;) {
      const auto left = gap.range.last - first;
      const auto room = std::uint64_t(pull_batches_max - batches - 1);
      const SequenceRange part{first, first + std::min(left, room)};
      if (denied(gap.key, first)) break;
      if (!shared_.pulls.taken(gap.key, part)) {
        pull.ranges.push_back({gap.key, part});
        batches += std::size_t(part.last - part.first + 1);
        if (batches >= pull_batches_max || pull.ranges.size() >= frame_ranges_max) send();
      }
      if (part.last == gap.range.last) break;
      first = part.last + 1;
    }
  }
  if (open_pulls_.size() < pulls_open_max) send();
  return out;
}

std::vector<Outgoing> Exchange::on_pull_end(const PullEnd& end) {
  const auto at = open_pulls_.find(end.id);
  if (at == open_pulls_.end()) return {};
  for (const auto& range : at->second) {
    shared_.pulls.give_back(range);
    // What did not come, or was not taken, is not asked for again before the next tick.
    for (auto s = range.range.first; s <= range.range.last; ++s)
      if (!shared_.catalogue.heads().has(range.key, s)) {
        denied_.push_back({range.key, {s, ~std::uint64_t(0)}});
        break;
      }
  }
  open_pulls_.erase(at);
  return plan();
}

std::vector<Outgoing> Exchange::ask(const PullRange& range) {
  std::vector<Outgoing> out;
  if (!bulk_ || shared_.pulls.taken(range.key, range.range)) return out;
  if (open_pulls_.size() >= 2 * pulls_open_max || denied(range.key, range.range.first)) return out;
  Pull pull{next_pull_++, {range}};
  shared_.pulls.take(range);
  open_pulls_[pull.id] = pull.ranges;
  out.push_back({Purpose::bulk, std::move(pull)});
  return out;
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

Result<void> Exchange::on_pull(const Pull& pull) {
  if (serving_.size() >= serving_max)
    return fail(Errc::refused, "{} pulls are waiting already", serving_.size());
  Serving serving{pull.id, {}, {}};
  for (const auto& range : pull.ranges) serving.ranges.push_back(range);
  serving_.push_back(std::move(serving));
  return {};
}

void Exchange::give_up(Serving& serving, const PullRange& range) {
  if (serving.missing.size() < frame_ranges_max) serving.missing.push_back(range);
}

void Exchange::refill_answers(Serving& serving) {
  auto& range = serving.ranges.front();
  const auto refusal = reader_clearance(Exit::pull, range.key, {peer_, org_}, shared_.catalogue,
                                        shared_.charter);
  std::uint64_t next = range.range.first;
  if (refusal != Refusal::none) {
    ++refused_[fmt::format("pull_{}", name_of(refusal))];
  } else if (const auto batches =
                 shared_.store.batches(range.key, range.range.first, 8, batch_bytes_max)) {
    for (const auto& batch : *batches) {
      if (batch.sequence != next || next > range.range.last ||
          !shared_.catalogue.heads().has(range.key, next))
        break;
      answers_.push_back(encode_batch_message(*batch.encoded, false));
      ++next;
    }
  } else if (batches.error().code == Errc::corrupt &&
             shared_.catalogue.heads().has(range.key, next)) {
    give_up(serving, {range.key, {next, next}});
    ++next;  // One that has rotted here does not hold back those after it.
  }
  if (next > range.range.last) {
    serving.ranges.pop_front();
  } else if (next == range.range.first) {
    give_up(serving, range);
    serving.ranges.pop_front();
  } else {
    range.range.first = next;
  }
}

Result<std::optional<Bytes>> Exchange::next_answer() {
  while (answers_.empty() && !serving_.empty()) {
    auto& serving = serving_.front();
    if (!serving.ranges.empty()) {
      refill_answers(serving);
      continue;
    }
    answers_.push_back(encode(PullEnd{serving.id, std::move(serving.missing)}));
    serving_.pop_front();
  }
  if (answers_.empty()) return std::nullopt;
  std::optional<Bytes> out = std::move(answers_.front());
  answers_.pop_front();
  return out;
}

std::uint64_t Exchange::behind() const {
  std::uint64_t out = 0;
  if (remote_)
    for (const auto& gap : shared_.catalogue.missing(*remote_))
      out += gap.range.last - gap.range.first + 1;
  return out;
}

}  // namespace tocsin::mesh
