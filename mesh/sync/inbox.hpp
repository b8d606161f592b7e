// Batches that peers push faster than is fair: they wait here, and are taken in by turns, so that
// one author's flood does not delay what another one says.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "mesh/sync/token_bucket.hpp"
#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Sans I/O. Counts by the peer that hands over and the author that the header names: the peer has
/// proved who it is, the author not yet, so that nobody can use up the share of another. Authors
/// are those that the roster knows: whoever offers sees to that.
class Inbox {
 public:
  struct Item {
    Batch batch;
    AgentId from;
    bool live = false;
  };
  static constexpr TokenBucket::Rate records{2'000, 8'192};
  static constexpr TokenBucket::Rate bytes{4.0 * 1024 * 1024, 8.0 * 1024 * 1024};
  static constexpr std::size_t bytes_max = 16 * 1024 * 1024;       ///< of all that wait
  static constexpr std::size_t share_bytes_max = 4 * 1024 * 1024;  ///< of one pair
  static constexpr std::size_t shares_max = 65'536;

  enum class Way : std::uint8_t {
    now,      ///< within its rate, and nothing of the same pair waits: take it in at once
    waits,    ///< `item` was moved in here; next() gives it in its turn
    crowded,  ///< no room for one more indicator batch: take in next_of() and offer again, so that
              ///< its sender is slowed to the pace of this agent
    refused,  ///< no room, and no import comes in urgent pieces: it can be pulled later
  };
  Way offer(Item& item, Instant now);
  /// The oldest indicator batch of the same pair as `item`.
  std::optional<Item> next_of(const Item& item);
  /// The next of those who wait: urgent and case batches before indicators, pair by pair, and each
  /// pair's in the order in which they came.
  std::optional<Item> next();

  bool empty() const { return waiting_ == 0; }
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  using Pair = std::pair<AgentId, AgentId>;
  struct Share {
    TokenBucket records{Inbox::records}, bytes{Inbox::bytes};
    std::size_t waiting = 0, waiting_bytes = 0;
  };
  /// Those of one rank that wait; a pair is in `turns` once, while it has some.
  struct Rank {
    std::map<Pair, std::deque<Item>> queues;
    std::deque<Pair> turns;
  };
  Share* share_of(const Pair& pair, Instant now);
  Item give(Rank& rank, const Pair& pair);

  std::map<Pair, Share> shares_;
  Rank ranks_[2];
  std::size_t waiting_ = 0, waiting_bytes_ = 0;
  Instant swept_{Duration(-std::chrono::hours(1))};
};

}  // namespace tocsin::mesh
