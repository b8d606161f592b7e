#include "mesh/store/window.hpp"

namespace tocsin::mesh {

void Window::add(Item item) {
  bytes_ += item.cost;
  waiting_bytes_ += item.cost;
  if (item.write) {
    if (const auto* batch = std::get_if<BatchWrite>(&*item.write)) {
      const auto& placed = batch->placed;
      const BatchName name{placed.batch.log, placed.batch.sequence};
      if (const auto old = by_name_.find(name); old != by_name_.end())
        by_place_.erase(old->second.place);
      by_name_[name] = placed;
      by_place_[placed.place] = name;
    } else {
      const auto& fact = std::get<FactWrite>(*item.write);
      facts_[fact.key] = fact.value;
    }
  }
  waiting_.push_back(std::move(item));
}

Writes Window::take() {
  Writes writes;
  if (waiting_.empty()) return writes;
  auto& group = groups_.emplace_back();
  std::size_t bytes = 0;
  while (!waiting_.empty() &&
         (group.empty() || bytes + waiting_.front().cost <= group_bytes_max)) {
    bytes += waiting_.front().cost;
    if (waiting_.front().write) writes.push_back(*waiting_.front().write);
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  return writes;
}

Window::Group Window::settle() {
  TOCSIN_ASSERT(!groups_.empty());
  auto group = std::move(groups_.front());
  groups_.pop_front();
  for (const auto& item : group) forget(item);
  return group;
}

Window::Group Window::abandon() {
  Group all;
  for (auto& group : groups_)
    for (auto& item : group) all.push_back(std::move(item));
  for (auto& item : waiting_) all.push_back(std::move(item));
  groups_.clear();
  waiting_.clear();
  bytes_ = waiting_bytes_ = 0;
  return all;
}

// Only if no later write took its place.
void Window::forget(const Item& item) {
  bytes_ -= item.cost;
  if (!item.write) return;
  if (const auto* batch = std::get_if<BatchWrite>(&*item.write)) {
    const auto& placed = batch->placed;
    const auto at = by_name_.find({placed.batch.log, placed.batch.sequence});
    // A mended batch, and one that was dropped, has the place of the one before.
    if (at == by_name_.end() || at->second.batch.encoded != placed.batch.encoded ||
        at->second.place != placed.place)
      return;
    by_place_.erase(placed.place);
    by_name_.erase(at);
  } else {
    const auto& fact = std::get<FactWrite>(*item.write);
    const auto at = facts_.find(fact.key);
    if (at != facts_.end() && at->second == fact.value) facts_.erase(at);
  }
}

const PlacedBatch* Window::find(const LogKey& log, std::uint64_t sequence) const {
  const auto at = by_name_.find({log, sequence});
  return at == by_name_.end() ? nullptr : &at->second;
}

const PlacedBatch* Window::next(const LogKey& log, std::uint64_t first) const {
  const auto at = by_name_.lower_bound({log, first});
  return at == by_name_.end() || at->first.first != log ? nullptr : &at->second;
}

const PlacedBatch* Window::holding(std::uint64_t ordinal) const {
  auto at = by_place_.lower_bound({ordinal + 1, 0});
  while (at != by_place_.begin()) {
    --at;
    const auto& placed = by_name_.at(at->second);
    if (placed.batch.readable == 0) continue;
    const bool inside = ordinal - placed.place.first_ordinal < placed.batch.readable;
    return inside ? &placed : nullptr;
  }
  return nullptr;
}

std::vector<PlacedBatch> Window::batches() const {
  std::vector<PlacedBatch> out;
  for (const auto& [place, name] : by_place_) out.push_back(by_name_.at(name));
  return out;
}

const Bytes* Window::fact(ByteView key) const {
  const auto at = facts_.find(Bytes(key.begin(), key.end()));
  return at == facts_.end() ? nullptr : at->second.get();
}

}  // namespace tocsin::mesh
