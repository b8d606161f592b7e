#include "mesh/sync/publisher.hpp"

#include "mesh/sync/log_order.hpp"

namespace tocsin::mesh {

void Publisher::add(const LogKey& log, Bytes record, std::uint64_t tag, Instant now) {
  auto& queue = pending_[log];
  const auto bytes = record.size() + 4;
  const bool fits = !queue.empty() && queue.back().records.size() < batch_records_max &&
                    queue.back().bytes + bytes <= batch_bytes_max - batch_prefix_bytes;
  if (!fits) {
    if (!queue.empty()) queue.back().due = now;
    queue.push_back({});
    queue.back().due = now + (rank(log.log_class) < 2 ? Duration(0) : linger_);
  }
  auto& batch = queue.back();
  batch.records.push_back(std::move(record));
  batch.tags.push_back(tag);
  batch.bytes += bytes;
  if (batch.records.size() == batch_records_max) batch.due = now;
  ++waiting_;
}

std::optional<Instant> Publisher::due() const {
  std::optional<Instant> out;
  for (const auto& [log, queue] : pending_)
    if (!out || queue.front().due < *out) out = queue.front().due;
  return out;
}

std::optional<Gathered> Publisher::take(Instant now) {
  auto best = pending_.end();
  for (auto at = pending_.begin(); at != pending_.end(); ++at) {
    if (at->second.front().due > now) continue;
    if (best == pending_.end() ||
        rank(at->first.log_class) < rank(best->first.log_class))
      best = at;
  }
  if (best == pending_.end()) return std::nullopt;
  auto& batch = best->second.front();
  Gathered out{best->first, std::move(batch.records), std::move(batch.tags)};
  waiting_ -= out.records.size();
  best->second.erase(best->second.begin());
  if (best->second.empty()) pending_.erase(best);
  return out;
}

std::vector<Gathered> Publisher::drain() {
  std::vector<Gathered> out;
  for (auto& [log, queue] : std::exchange(pending_, {}))
    for (auto& batch : queue) out.push_back({log, std::move(batch.records), std::move(batch.tags)});
  waiting_ = 0;
  return out;
}

LogTail Publisher::tail(const LogKey& log) const {
  const auto at = tails_.find(log);
  return at == tails_.end() ? LogTail{} : at->second;
}

void Publisher::signed_as(const LogKey& log, std::uint64_t sequence, const Digest& id) {
  tails_[log] = {sequence, id};
}

}  // namespace tocsin::mesh
