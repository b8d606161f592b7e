#include "playbooks/detect/sighting.hpp"

#include <algorithm>
#include <tuple>

namespace tocsin::playbooks {
namespace {

void widen(Sighting& sighting, WallTime at) {
  sighting.first_seen = sighting.count == 0 ? at : std::min(sighting.first_seen, at);
  sighting.last_seen = sighting.count == 0 ? at : std::max(sighting.last_seen, at);
  ++sighting.count;
}

}  // namespace

SightingBook::SightingBook(std::string own_org, Options options)
    : own_org_(std::move(own_org)), options_(options) {}

std::optional<SightingDraft> SightingBook::hit(const LocalHit& hit, mesh::Instant now) {
  const auto at = pending_.find(hit.indicator);
  if (at != pending_.end() && now - at->second.last_hit < options_.quiet) {
    Pending& pending = at->second;
    pending.last_hit = now;
    if (pending.sighting.count == 0) queue(hit.indicator, pending, now + options_.window);
    widen(pending.sighting, hit.at);
    return {};
  }
  if (at != pending_.end() && at->second.sighting.count > 0) {
    // Its window is overdue: what it holds goes out together with this hit.
    widen(at->second.sighting, hit.at);
    at->second.last_hit = now;
    return take(at->first, at->second);
  }
  if (at == pending_.end()) make_room();
  Pending& pending = pending_[hit.indicator];
  const auto queued = pending.due;
  pending = {};
  pending.due = queued;
  pending.sighting.indicator = hit.indicator;
  pending.sighting.type = hit.type;
  pending.sighting.value_key = hit.value_key;
  pending.sighting.technique = hit.technique;
  pending.sighting.source = hit.source;
  pending.ordinal = hit.ordinal;
  pending.last_hit = now;
  widen(pending.sighting, hit.at);
  queue(hit.indicator, pending, now + options_.quiet);
  auto draft = draft_of(pending);
  pending.sighting.count = 0;
  draft.urgent = true;
  return draft;
}

// An idle entry waits for `quiet` to be forgotten, one that counts for its window to end.
void SightingBook::queue(const Digest& indicator, Pending& pending, mesh::Instant due) {
  queue_.erase({pending.due, indicator});
  pending.due = due;
  queue_.insert({due, indicator});
}

SightingDraft SightingBook::draft_of(const Pending& pending) const {
  return {pending.sighting, pending.ordinal, false};
}

SightingDraft SightingBook::take(const Digest& indicator, Pending& pending) {
  auto draft = draft_of(pending);
  pending.sighting.count = 0;
  queue(indicator, pending, pending.last_hit + options_.quiet);
  return draft;
}

std::vector<SightingDraft> SightingBook::due(mesh::Instant now) {
  std::vector<SightingDraft> out = std::move(early_);
  early_.clear();
  while (!queue_.empty() && queue_.begin()->first <= now && out.size() < drafts_max) {
    const Digest indicator = queue_.begin()->second;
    const auto at = pending_.find(indicator);
    TOCSIN_ASSERT(at != pending_.end());
    if (at->second.sighting.count > 0) {
      out.push_back(take(indicator, at->second));
      if (at->second.due > now) continue;
    }
    queue_.erase({at->second.due, indicator});
    pending_.erase(at);
  }
  return out;
}

std::optional<mesh::Instant> SightingBook::next_due() const {
  if (!early_.empty()) return mesh::Instant{};
  if (queue_.empty()) return {};
  return queue_.begin()->first;
}

// The entry that is due first gives way; what it counted is published early.
void SightingBook::make_room() {
  if (pending_.size() < pending_max) return;
  const auto first = *queue_.begin();
  const auto at = pending_.find(first.second);
  TOCSIN_ASSERT(at != pending_.end());
  if (at->second.sighting.count > 0) early_.push_back(draft_of(at->second));
  queue_.erase(queue_.begin());
  pending_.erase(at);
}

bool SightingBook::merge(const Sighting& sighting, std::string_view org, const Digest& record) {
  if (!seen_.try_emplace(record, next_seen_).second) return false;
  seen_order_.emplace(next_seen_++, record);
  if (seen_.size() > seen_max) {
    seen_.erase(seen_order_.begin()->second);
    seen_order_.erase(seen_order_.begin());
  }
  const TotalKey key{sighting.indicator, std::string(org)};
  const auto [at, fresh] = totals_.try_emplace(key);
  SightingTotal& total = at->second;
  if (fresh) {
    total = {sighting.indicator, sighting.type, sighting.value_key, key.second, 0,
             sighting.first_seen, sighting.last_seen};
  } else {
    by_last_seen_.erase({total.last_seen, key});
  }
  total.count += sighting.count;
  total.first_seen = std::min(total.first_seen, sighting.first_seen);
  total.last_seen = std::max(total.last_seen, sighting.last_seen);
  by_last_seen_.insert({total.last_seen, key});
  if (totals_.size() > totals_max) {
    totals_.erase(by_last_seen_.begin()->second);
    by_last_seen_.erase(by_last_seen_.begin());
    ++dropped_;
  }
  return true;
}

void SightingBook::forget(const Digest& indicator) {
  if (const auto at = pending_.find(indicator); at != pending_.end()) {
    queue_.erase({at->second.due, indicator});
    pending_.erase(at);
  }
  std::erase_if(early_, [&](const SightingDraft& draft) {
    return draft.sighting.indicator == indicator;
  });
  for (auto at = totals_.lower_bound({indicator, {}});
       at != totals_.end() && at->first.first == indicator; at = totals_.erase(at))
    by_last_seen_.erase({at->second.last_seen, at->first});
}

std::vector<SightingTotal> SightingBook::list(WallTime since) const {
  std::vector<SightingTotal> out;
  for (const auto& [key, total] : totals_) {
    auto whole = with_pending(total);
    if (whole.last_seen >= since) out.push_back(std::move(whole));
  }
  for (const auto& [indicator, pending] : pending_)
    if (!totals_.contains({indicator, own_org_}) && pending.sighting.count > 0 &&
        pending.sighting.last_seen >= since)
      out.push_back(own_total(pending));
  std::ranges::sort(out, [](const SightingTotal& a, const SightingTotal& b) {
    if (a.last_seen != b.last_seen) return a.last_seen > b.last_seen;
    return std::tie(a.indicator, a.org) < std::tie(b.indicator, b.org);
  });
  return out;
}

std::vector<SightingTotal> SightingBook::of(const Digest& indicator) const {
  std::vector<SightingTotal> out;
  for (auto at = totals_.lower_bound({indicator, {}});
       at != totals_.end() && at->first.first == indicator; ++at)
    out.push_back(with_pending(at->second));
  const auto pending = pending_.find(indicator);
  if (pending != pending_.end() && pending->second.sighting.count > 0 &&
      !totals_.contains({indicator, own_org_}))
    out.push_back(own_total(pending->second));
  return out;
}

SightingTotal SightingBook::own_total(const Pending& pending) const {
  const Sighting& s = pending.sighting;
  return {s.indicator, s.type, s.value_key, own_org_, s.count, s.first_seen, s.last_seen};
}

SightingTotal SightingBook::with_pending(SightingTotal total) const {
  if (total.org != own_org_) return total;
  const auto at = pending_.find(total.indicator);
  if (at == pending_.end() || at->second.sighting.count == 0) return total;
  const Sighting& waiting = at->second.sighting;
  total.count += waiting.count;
  total.first_seen = std::min(total.first_seen, waiting.first_seen);
  total.last_seen = std::max(total.last_seen, waiting.last_seen);
  return total;
}

}  // namespace tocsin::playbooks
