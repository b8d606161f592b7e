// What was handed to a store and is not yet on disk: readable at once, written in groups, settled
// in order. No I/O.
#pragma once

#include <deque>
#include <map>

#include "mesh/store/medium.hpp"

namespace tocsin::mesh {

class Window {
 public:
  /// Items of one transaction, in the order handed in. An item without a write only waits for
  /// those before it.
  struct Item {
    std::optional<Write> write;
    std::size_t cost = 0;
    Durable done;
  };
  using Group = std::vector<Item>;
  static constexpr std::size_t group_bytes_max = 4 * 1024 * 1024;
  /// What an entry costs beside its bytes: half-filled pages, keys.
  static constexpr std::size_t batch_overhead = 4096, fact_overhead = 512;

  void add(Item item);
  /// The next group, of at most group_bytes_max (or one item). Its writes stay readable here until
  /// settle(). Empty when nothing waits.
  Writes take();
  std::size_t groups_under_way() const { return groups_.size(); }
  /// Ends the oldest group under way and gives its items.
  Group settle();
  /// Gives everything, under way or waiting, oldest first.
  Group abandon();

  std::size_t bytes() const { return bytes_; }
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  bool waiting() const { return !waiting_.empty(); }

  const PlacedBatch* find(const LogKey& log, std::uint64_t sequence) const;
  const PlacedBatch* holding(std::uint64_t ordinal) const;
  /// The first pending batch of `log` with a sequence of at least `first`.
  const PlacedBatch* next(const LogKey& log, std::uint64_t first) const;
  /// In order of arrival.
  std::vector<PlacedBatch> batches() const;
  /// Nothing when not pending; an empty value when pending erasure.
  const Bytes* fact(ByteView key) const;
  using Facts = std::map<Bytes, std::shared_ptr<const Bytes>>;
  const Facts& facts() const { return facts_; }

 private:
  using BatchName = std::pair<LogKey, std::uint64_t>;
  void forget(const Item& item);

  std::deque<Item> waiting_;
  std::deque<Group> groups_;
  std::size_t bytes_ = 0, waiting_bytes_ = 0;
  std::map<BatchName, PlacedBatch> by_name_;
  std::map<Place, BatchName> by_place_;
  Facts facts_;
};

}  // namespace tocsin::mesh
