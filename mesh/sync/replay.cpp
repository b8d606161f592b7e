#include "mesh/sync/replay.hpp"

#include <algorithm>

#include "mesh/wire/batch_stub.hpp"

namespace tocsin::mesh {

bool ReplayAhead::add(const StoredBatch& stored) {
  if (stopped_) return false;
  gathered_.push_back(stored);
  gathered_bytes_ += stored.encoded->size();
  if (gathered_bytes_ >= group_bytes_max || gathered_.size() >= group_batches_max) turn();
  return !stopped_;
}

void ReplayAhead::finish() {
  turn();
  hand_over(std::exchange(ready_, {}));
}

// The group before is taken in while the one that was gathered is prepared.
void ReplayAhead::turn() {
  keys_.clear();
  std::vector<Ready> next;
  next.reserve(gathered_.size());
  for (auto& stored : gathered_) {
    const auto& scope = stored.log.scope;
    if (stored.readable > 0 && !scope.is_zero() && !keys_.contains(scope))
      if (auto key = key_of_(scope)) keys_.emplace(scope, std::move(*key));
    next.push_back({std::move(stored), fail(Errc::invalid, "not prepared")});
  }
  gathered_.clear();
  gathered_bytes_ = 0;

  std::vector<Job> jobs;
  jobs.push_back([this, group = std::exchange(ready_, {})]() mutable {
    hand_over(std::move(group));
  });
  const auto part = (next.size() + parts_max - 1) / parts_max;
  for (std::size_t at = 0; at < next.size(); at += part)
    jobs.push_back([this, some = std::span(next).subspan(at, std::min(part, next.size() - at))] {
      for (auto& ready : some) prepare(ready);
    });
  workers_.run_all(std::move(jobs));
  ready_ = std::move(next);
}

void ReplayAhead::hand_over(std::vector<Ready> group) {
  for (auto& ready : group) {
    if (stopped_) return;
    stopped_ = !take_(std::move(ready));
  }
}

void ReplayAhead::prepare(Ready& ready) const {
  ready.batch = parse_kept(*ready.stored.encoded);
  if (!ready.batch || ready.stored.readable == 0 || ready.stored.dropped()) return;
  const auto key = keys_.find(ready.stored.log.scope);
  auto opened = open_kept(*ready.batch, key == keys_.end() ? nullptr : &key->second);
  if (!opened) return;
  ready.opened = std::move(*opened);
  ready.ids.reserve(ready.opened->records.size());
  for (const auto& record : ready.opened->records) ready.ids.push_back(record.id());
}

}  // namespace tocsin::mesh
