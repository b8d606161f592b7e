#include "mesh/sync/compaction.hpp"

#include <algorithm>
#include <limits>

namespace tocsin::mesh {
namespace {

constexpr std::uint32_t seconds_max = std::numeric_limits<std::uint32_t>::max();

std::uint32_t seconds_of(WallTime time) {
  return std::uint32_t(std::clamp<std::int64_t>((time.ms + 999) / 1000, 0, seconds_max));
}

// Adds one sequence to ascending ranges that stay apart.
bool insert(std::vector<SequenceRange>& ranges, std::uint64_t sequence) {
  auto at = std::lower_bound(
      ranges.begin(), ranges.end(), sequence,
      [](const SequenceRange& range, std::uint64_t s) { return range.last + 1 < s; });
  if (at != ranges.end() && at->first <= sequence && sequence <= at->last) return false;
  if (at == ranges.end() || sequence + 1 < at->first) {
    ranges.insert(at, {sequence, sequence});
    return true;
  }
  if (sequence + 1 == at->first) {
    at->first = sequence;
    return true;
  }
  at->last = sequence;
  if (const auto next = std::next(at); next != ranges.end() && next->first == sequence + 1) {
    at->last = next->last;
    ranges.erase(next);
  }
  return true;
}

}  // namespace

std::vector<CompactionBook::Entry>::iterator CompactionBook::place(std::vector<Entry>& entries,
                                                                   std::uint64_t sequence) {
  return std::lower_bound(entries.begin(), entries.end(), sequence,
                          [](const Entry& e, std::uint64_t s) { return e.sequence < s; });
}

CompactionBook CompactionBook::places() const {
  CompactionBook out;
  out.logs_ = logs_;
  out.touched_ = touched_;
  out.batches_ = batches_;
  out.stubs_ = stubs_;
  return out;
}

void CompactionBook::note(const Name& name, std::size_t bytes, std::string_view org, bool frozen,
                          std::span<const RecordView> records) {
  WallTime end;
  bool stays = false;
  for (const auto& record : records) {
    const auto life = life_of(record);
    switch (life.life) {
      case Life::stays: stays = true; break;
      case Life::expires:
        end = std::max(end, WallTime{std::int64_t(life.expires_s) * 1000});
        break;
      case Life::follows:
        end = std::max(end, record.header.created + retained_after);
        follow(life.target);
        if (record.header.kind == RecordKind::retraction && !frozen)
          note_retraction(life.target, org, record.header.created);
        break;
    }
  }
  if (stays || batches_ >= batches_max) return;
  auto& entries = logs_[name.log].entries;
  const auto at = place(entries, name.sequence);
  if (at != entries.end() && at->sequence == name.sequence) return;
  entries.insert(at, {name.sequence, seconds_of(end), std::uint32_t(bytes)});
  ++batches_;
}

void CompactionBook::note_stub(const Name& name) {
  auto& log = logs_[name.log];
  touched_.erase(name);
  const auto at = place(log.entries, name.sequence);
  if (at != log.entries.end() && at->sequence == name.sequence) {
    log.entries.erase(at);
    --batches_;
  }
  stubs_ += insert(log.stubs, name.sequence);
}

void CompactionBook::look_again(const Name& name, WallTime end) {
  touched_.erase(name);
  const auto log = logs_.find(name.log);
  if (log == logs_.end()) return;
  const auto at = place(log->second.entries, name.sequence);
  if (at != log->second.entries.end() && at->sequence == name.sequence)
    at->due_s = seconds_of(end);
}

void CompactionBook::touch_up_to(const LogKey& key, std::uint64_t base) {
  const auto log = logs_.find(key);
  if (log == logs_.end()) return;
  for (auto& entry : log->second.entries)
    if (entry.sequence <= base) entry.due_s = 0;
}

void CompactionBook::follow(const Digest& target) {
  if (followed_.size() < followed_max)
    followed_.insert(target.prefix());
  else
    followed_full_ = true;
}

std::optional<std::uint16_t> CompactionBook::number_of(std::string_view org) {
  const auto at = std::find(orgs_.begin(), orgs_.end(), org);
  if (at != orgs_.end()) return std::uint16_t(at - orgs_.begin());
  if (orgs_.size() >= std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  orgs_.emplace_back(org);
  return std::uint16_t(orgs_.size() - 1);
}

// One that finds no room here keeps its indicator's payload until that expires: no harm done.
void CompactionBook::note_retraction(const Digest& target, std::string_view org,
                                     WallTime created) {
  const auto number = number_of(org);
  if (retractions_.size() >= retractions_max || !number) return;
  retractions_.emplace(target, Order{*number, seconds_of(created)});
  newly_retracted_.push_back(target);
}

std::optional<WallTime> CompactionBook::retracted_at(const Digest& indicator,
                                                     std::string_view org) const {
  std::optional<WallTime> out;
  const auto [first, last] = retractions_.equal_range(indicator);
  for (auto at = first; at != last; ++at) {
    if (orgs_[at->second.org] != org) continue;
    const WallTime when{std::int64_t(at->second.at_s) * 1000};
    out = out ? std::min(*out, when) : when;
  }
  return out;
}

std::vector<CompactionBook::Name> CompactionBook::due(WallTime now) const {
  std::vector<Name> out;
  const auto now_s = std::int64_t(now.ms / 1000);
  for (const auto& [key, log] : logs_)
    for (const auto& entry : log.entries)
      if (std::int64_t(entry.due_s) <= now_s ||
          (!touched_.empty() && touched_.contains({key, entry.sequence})))
        out.push_back({key, entry.sequence});
  return out;
}

std::uint64_t CompactionBook::droppable_bytes(WallTime now) const {
  std::uint64_t out = 0;
  const auto now_s = std::int64_t(now.ms / 1000);
  for (const auto& [key, log] : logs_)
    for (const auto& entry : log.entries)
      if (std::int64_t(entry.due_s) <= now_s) out += entry.bytes;
  return out;
}

bool CompactionBook::leaves_few_holes(const Name& name, std::uint64_t base) const {
  if (name.sequence <= base) return true;
  const auto log = logs_.find(name.log);
  if (log == logs_.end()) return true;
  std::size_t runs = 0;
  for (const auto& run : log->second.stubs) {
    if (run.last < base) continue;
    if (run.first <= name.sequence + 1 && name.sequence <= run.last + 1) return true;
    ++runs;
  }
  return runs < holes_max;
}

std::optional<std::uint64_t> CompactionBook::next_base(const LogKey& key, std::uint64_t base,
                                                       std::uint64_t last) const {
  const auto at = logs_.find(key);
  if (at == logs_.end()) return std::nullopt;
  const auto& log = at->second;
  std::optional<std::uint64_t> out;
  std::uint64_t stubs = 0;
  std::size_t live = 0, live_bytes = 0;
  auto entry = std::lower_bound(log.entries.begin(), log.entries.end(), base + 1,
                                [](const Entry& e, std::uint64_t s) { return e.sequence < s; });
  auto next = base + 1;
  while (next <= last) {
    const auto run = std::find_if(log.stubs.begin(), log.stubs.end(), [&](const auto& range) {
      return range.first <= next && next <= range.last;
    });
    if (run != log.stubs.end()) {
      const auto end = std::min(run->last, last);
      stubs += end - next + 1;
      next = end + 1;
      if (stubs >= base_stubs_min && live * base_share <= stubs) out = end;
      continue;
    }
    while (entry != log.entries.end() && entry->sequence < next) ++entry;
    if (entry == log.entries.end() || entry->sequence != next) break;
    if (++live > base_live_batches_max || (live_bytes += entry->bytes) > base_live_bytes_max) break;
    ++next;
  }
  return out;
}

bool CompactionBook::is_stub(const Name& name) const {
  const auto log = logs_.find(name.log);
  if (log == logs_.end()) return false;
  const auto& stubs = log->second.stubs;
  return std::any_of(stubs.begin(), stubs.end(), [&](const SequenceRange& run) {
    return run.first <= name.sequence && name.sequence <= run.last;
  });
}

}  // namespace tocsin::mesh
