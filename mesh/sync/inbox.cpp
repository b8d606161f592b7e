#include "mesh/sync/inbox.hpp"

namespace tocsin::mesh {
namespace {

std::size_t rank_of(const Batch& batch) {
  return batch.header.log.log_class == LogClass::indicator ? 1 : 0;
}

}  // namespace

Inbox::Way Inbox::offer(Item& item, Instant now) {
  const Pair pair{item.from, item.batch.header.log.agent};
  const auto size = item.batch.encoded.size();
  auto* share = share_of(pair, now);
  if (share == nullptr) return Way::refused;
  const bool fair = share->records.holds(item.batch.header.record_count, now) &&
                    share->bytes.holds(double(size), now);
  if (fair && share->waiting == 0) {
    share->records.take(item.batch.header.record_count, now);
    share->bytes.take(double(size), now);
    return Way::now;
  }
  auto& rank = ranks_[rank_of(item.batch)];
  if (waiting_bytes_ + size > bytes_max || share->waiting_bytes + size > share_bytes_max)
    return &rank == &ranks_[1] && rank.queues.contains(pair) ? Way::crowded : Way::refused;
  ++share->waiting;
  share->waiting_bytes += size;
  ++waiting_;
  waiting_bytes_ += size;
  auto& queue = rank.queues[pair];
  if (queue.empty()) rank.turns.push_back(pair);
  queue.push_back(std::move(item));
  return Way::waits;
}

std::optional<Inbox::Item> Inbox::next() {
  for (auto& rank : ranks_) {
    if (rank.turns.empty()) continue;
    const auto pair = rank.turns.front();
    auto out = give(rank, pair);
    rank.turns.pop_front();
    if (rank.queues.contains(pair)) rank.turns.push_back(pair);
    return out;
  }
  return std::nullopt;
}

std::optional<Inbox::Item> Inbox::next_of(const Item& item) {
  const Pair pair{item.from, item.batch.header.log.agent};
  auto& rank = ranks_[1];
  if (!rank.queues.contains(pair)) return std::nullopt;
  auto out = give(rank, pair);
  if (!rank.queues.contains(pair)) std::erase(rank.turns, pair);
  return out;
}

Inbox::Item Inbox::give(Rank& rank, const Pair& pair) {
  const auto queue = rank.queues.find(pair);
  Item out = std::move(queue->second.front());
  queue->second.pop_front();
  if (queue->second.empty()) rank.queues.erase(queue);
  auto& share = shares_.at(pair);
  --share.waiting;
  share.waiting_bytes -= out.batch.encoded.size();
  --waiting_;
  waiting_bytes_ -= out.batch.encoded.size();
  return out;
}

// Of a pair that was quiet long enough nothing need be remembered. Null when there are too many.
Inbox::Share* Inbox::share_of(const Pair& pair, Instant now) {
  const auto found = shares_.find(pair);
  if (found != shares_.end()) return &found->second;
  if (shares_.size() >= shares_max && now - swept_ >= std::chrono::seconds(1)) {
    swept_ = now;
    std::erase_if(shares_, [&](const auto& each) {
      return each.second.waiting == 0 && each.second.records.full(now) &&
             each.second.bytes.full(now);
    });
  }
  if (shares_.size() >= shares_max) return nullptr;
  return &shares_[pair];
}

}  // namespace tocsin::mesh
