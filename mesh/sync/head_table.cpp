#include "mesh/sync/head_table.hpp"

namespace tocsin::mesh {
namespace {

// From `from` on: what a holder has of the log lies above its base, what it wants above ours.
std::vector<SequenceRange> ranges_of(const LogHead& head, std::uint64_t from) {
  std::vector<SequenceRange> out;
  if (head.contiguous >= from) out.push_back({from, head.contiguous});
  out.insert(out.end(), head.ranges.begin(), head.ranges.end());
  return out;
}

// The first range that ends at `sequence` - 1 or later.
std::size_t place_of(const std::vector<SequenceRange>& ranges, std::uint64_t sequence) {
  const auto at = std::lower_bound(
      ranges.begin(), ranges.end(), sequence,
      [](const SequenceRange& range, std::uint64_t s) { return range.last + 1 < s; });
  return std::size_t(at - ranges.begin());
}

}  // namespace

Fit HeadTable::fit(const LogKey& log, std::uint64_t sequence, const Digest& previous) const {
  const auto at = logs_.find(log);
  if (at == logs_.end()) {
    if (sequence == 1 && !previous.is_zero()) return Fit::broken;
    return Fit::next;
  }
  const auto& head = at->second.head;
  if (sequence <= head.contiguous) return Fit::held;
  if (sequence == head.contiguous + 1 && previous != head.last) return Fit::broken;
  const auto place = place_of(head.ranges, sequence);
  if (place < head.ranges.size()) {
    const auto& range = head.ranges[place];
    if (range.first <= sequence && sequence <= range.last) return Fit::held;
    if (range.last + 1 == sequence)
      return previous == at->second.range_last[place] ? Fit::next : Fit::broken;
    if (sequence + 1 == range.first) return Fit::next;
  }
  if (sequence == head.contiguous + 1) return Fit::next;
  return head.ranges.size() < head_ranges_max ? Fit::next : Fit::too_many;
}

HeadTable::Held& HeadTable::touch(const LogKey& log) {
  authors_[log.agent].changed = ++changes_;
  auto& held = logs_[log];
  held.head.key = log;
  return held;
}

void HeadTable::touched(const AgentId& author) {
  if (const auto at = authors_.find(author); at != authors_.end()) at->second.changed = ++changes_;
}

bool HeadTable::has_range_room(const LogKey& log, std::uint64_t sequence) const {
  const auto author = authors_.find(log.agent);
  const auto ranges = author == authors_.end() ? 0 : author->second.ranges;
  if (ranges < author_ranges_max && ranges_ < ranges_max) return true;
  const auto* head = find(log);
  if (!head) return sequence == 1;
  if (sequence <= head->contiguous + 1) return true;
  const auto place = place_of(head->ranges, sequence);
  if (place == head->ranges.size()) return false;
  const auto& range = head->ranges[place];
  return range.first <= sequence + 1 && sequence <= range.last + 1;
}

void HeadTable::count_ranges(const AgentId& author, std::size_t before, std::size_t now) {
  ranges_ += now - before;
  authors_[author].ranges += now - before;
}

void HeadTable::add(const LogKey& log, std::uint64_t sequence, const Digest& id) {
  auto& held = touch(log);
  auto& head = held.head;
  const auto before = head.ranges.size();
  if (sequence <= head.contiguous) return;  // Up to the base there is nothing to note.
  auto& ranges = head.ranges;
  if (sequence == head.contiguous + 1) {
    head.contiguous = sequence;
    head.last = id;
  } else {
    auto place = place_of(ranges, sequence);
    if (place < ranges.size() && ranges[place].last + 1 == sequence) {
      ranges[place].last = sequence;
      held.range_last[place] = id;
    } else if (place < ranges.size() && ranges[place].first == sequence + 1) {
      ranges[place].first = sequence;
    } else {
      ranges.insert(ranges.begin() + std::ptrdiff_t(place), {sequence, sequence});
      held.range_last.insert(held.range_last.begin() + std::ptrdiff_t(place), id);
    }
    if (place + 1 < ranges.size() && ranges[place].last + 1 == ranges[place + 1].first) {
      ranges[place].last = ranges[place + 1].last;
      held.range_last[place] = held.range_last[place + 1];
      ranges.erase(ranges.begin() + std::ptrdiff_t(place) + 1);
      held.range_last.erase(held.range_last.begin() + std::ptrdiff_t(place) + 1);
    }
  }
  held.join();
  count_ranges(log.agent, before, ranges.size());
}

void HeadTable::Held::join() {
  auto& ranges = head.ranges;
  while (!ranges.empty() && ranges.front().first <= head.contiguous + 1) {
    if (ranges.front().last > head.contiguous) {
      head.contiguous = ranges.front().last;
      head.last = range_last.front();
    }
    ranges.erase(ranges.begin());
    range_last.erase(range_last.begin());
  }
}

void HeadTable::raise(const LogKey& log, std::uint64_t base, const Digest& last) {
  if (const auto* known = find(log); known && base <= known->base) return;
  auto& held = touch(log);
  auto& head = held.head;
  head.base = base;
  if (head.contiguous >= base) return;
  const auto before = head.ranges.size();
  head.contiguous = base;
  head.last = last;
  held.join();
  count_ranges(log.agent, before, head.ranges.size());
}

bool HeadTable::has(const LogKey& log, std::uint64_t sequence) const {
  const auto at = logs_.find(log);
  if (at == logs_.end()) return false;
  const auto& head = at->second.head;
  if (sequence <= head.contiguous) return sequence > 0;
  for (const auto& range : head.ranges)
    if (range.first <= sequence && sequence <= range.last) return true;
  return false;
}

const LogHead* HeadTable::find(const LogKey& log) const {
  const auto at = logs_.find(log);
  return at == logs_.end() ? nullptr : &at->second.head;
}

std::vector<LogHead> HeadTable::heads(
    const std::function<bool(const LogKey&)>& visible) const {
  std::vector<LogHead> out;
  for (const auto& [key, held] : logs_)
    if (visible(key)) out.push_back(held.head);
  return out;
}

std::vector<LogHead> HeadTable::heads_of(
    const AgentId& author, const std::function<bool(const LogKey&)>& visible) const {
  std::vector<LogHead> out;
  for (auto at = logs_.lower_bound({author, 0, {}, {}});
       at != logs_.end() && at->first.agent == author; ++at)
    if (visible(at->first)) out.push_back(at->second.head);
  return out;
}

std::vector<LastGood> HeadTable::last_of(
    const std::function<bool(const LogKey&)>& visible) const {
  std::vector<LastGood> out;
  for (const auto& [log, held] : logs_)
    if (held.head.contiguous > 0 && visible(log))
      out.push_back({log, held.head.contiguous, held.head.last});
  return out;
}

std::vector<PullRange> HeadTable::missing(const std::vector<LogHead>& theirs) const {
  std::vector<PullRange> out;
  for (const auto& their : theirs) {
    const auto* ours = find(their.key);
    const auto held = ours ? ranges_of(*ours, 1) : std::vector<SequenceRange>();
    for (const auto& range : ranges_of(their, their.base + 1))
      for (const auto& gap : subtract(range, held)) out.push_back({their.key, gap});
    if (ours && ours->contiguous == their.contiguous && ours->contiguous > 0 &&
        !same_head_id(ours->last, their.last))
      out.push_back({their.key, {their.contiguous, their.contiguous}});
  }
  return out;
}

std::vector<SequenceRange> subtract(SequenceRange wanted,
                                    const std::vector<SequenceRange>& held) {
  std::vector<SequenceRange> out;
  auto first = wanted.first;
  for (const auto& range : held) {
    if (range.last < first) continue;
    if (range.first > wanted.last) break;
    if (range.first > first) out.push_back({first, range.first - 1});
    if (range.last >= wanted.last) return out;
    first = range.last + 1;
  }
  if (first <= wanted.last) out.push_back({first, wanted.last});
  return out;
}

}  // namespace tocsin::mesh
