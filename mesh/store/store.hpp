// Keeps every signed batch, and small facts beside them, in one crash-safe place.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "mesh/wire/batch.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::mesh {

/// Called on the loop once what was handed in is on disk (fsync), or could not be put there. A
/// failed fsync is final: the store refuses everything from then on and the agent must stop.
using Durable = std::move_only_function<void(Result<void>)>;

/// A batch as it lies in the store. Readable records are numbered without gaps in the order in
/// which they were handed in; `first_ordinal` is the first of this batch (meaningless when
/// `readable` is 0, as for a sealed batch that is only carried). The store gives the number and
/// ignores what append() is handed in it.
struct StoredBatch {
  LogKey log;
  std::uint64_t sequence = 0;
  std::uint64_t first_ordinal = 0;
  std::uint16_t readable = 0;
  std::shared_ptr<const Bytes> encoded;
  /// True for a stub: the payload was dropped, header and signature are what `encoded` holds.
  /// `first_ordinal` and `readable` are as before, so that ordinals stay dense.
  bool dropped() const { return encoded->size() == batch_prefix_bytes; }
};

/// Who waits for room in the write window: bulk stops first, so that an alarm still finds some.
enum class Room : std::uint8_t { bulk, live };

class Store {
 public:
  virtual ~Store() = default;

  /// Queues `batch`. It can be read at once, and is durable when `done` is called: group commit,
  /// in the order handed in, at most 5 ms later. Loop thread only. A batch that is there already
  /// completes without being written again once that one is durable; if that one was not readable
  /// and this is, it gets ordinals now; if that one has rotted, this mends it. Gives the batch's
  /// first ordinal: ordinals() as it was before, or the old one of a batch that was there.
  /// `done` errors: fork (another batch holds this log and sequence), full (size_max or the disk),
  /// io (final), refused (opened for reading).
  virtual std::uint64_t append(StoredBatch batch, Durable done) = 0;
  /// Queues a small fact (key ≤ 400 bytes, value ≤ 1 MiB), in order with appends. Readable at
  /// once. An empty value erases. `done` errors: as append's, and too_large.
  virtual void put(Bytes key, Bytes value, Durable done) = 0;
  /// Queues that a batch gives up its payload and is a stub from now on, in order with appends:
  /// readable as such at once. One that is a stub already completes without being written. Appending
  /// the same batch again does not bring the payload back, unless the stub has rotted. `done`
  /// errors: not_found, corrupt (it has rotted), refused (it is only carried, or the store was
  /// opened for reading), io (final). Being full is no obstacle.
  virtual void drop(const LogKey& log, std::uint64_t sequence, Durable done) = 0;

  /// True while the write window (`window_max` bytes, and `live_reserve` more for what is live) is
  /// full: stop reading from sources.
  virtual bool full(Room room = Room::bulk) const = 0;
  /// Completes when the window has room.
  virtual Task<void> wait_for_room(Room room = Room::bulk) = 0;

  /// Keeps room for one batch of `batch_bytes`, so that none is signed or judged and then not kept:
  /// the next append of at most that much is not answered with `full`. A store that failed promises
  /// everything, and says why in its answer. What concerns trust is `vital` and has a reserve: a
  /// revocation must not wait for a compaction. Errors: full.
  virtual Result<void> promise(std::size_t batch_bytes, bool vital = false) = 0;
  /// True while what was refused last would not fit either, and where hardly anything would. Looks
  /// at the disk anew once a second.
  virtual bool out_of_room() = 0;

  /// Errors: io, corrupt. Nothing when not there.
  virtual Result<std::optional<StoredBatch>> batch(const LogKey& log, std::uint64_t sequence) = 0;
  /// The batch that holds record `ordinal`, by binary search.
  virtual Result<std::optional<StoredBatch>> batch_of(std::uint64_t ordinal) = 0;
  /// Up to `batches_max` batches of one log from `first` on, ascending; the one with which
  /// `bytes_max` is reached is the last. Errors: io; corrupt, when the first of them is, otherwise
  /// they end before it.
  virtual Result<std::vector<StoredBatch>> batches(const LogKey& log, std::uint64_t first,
                                                   std::size_t batches_max,
                                                   std::size_t bytes_max) = 0;
  /// Every batch in the order in which it was stored, for rebuilding derived tables at start.
  /// Stops early when `each` returns false. Errors: io; corrupt, after all others were handed
  /// over, naming the first batch that has rotted. It is to be fetched again, and appended.
  virtual Result<void> scan(const std::function<bool(const StoredBatch&)>& each) = 0;

  virtual Result<std::optional<Bytes>> get(ByteView key) = 0;
  /// All facts whose key begins with `prefix`, in key order.
  virtual Result<std::vector<std::pair<Bytes, Bytes>>> facts(ByteView prefix) = 0;

  virtual std::uint64_t ordinals() const = 0;  ///< the next free ordinal
  virtual std::uint64_t bytes_on_disk() const = 0;
  /// What of bytes_on_disk() holds nothing any more and is written to before the file grows; at
  /// least, since counting ends after a bounded number of lists.
  virtual std::uint64_t bytes_free() const = 0;

  static constexpr std::size_t window_max = 16 * 1024 * 1024;
  static constexpr std::size_t live_reserve = 4 * 1024 * 1024;
};

struct StoreOptions {
  Path folder;
  std::uint64_t size_max = 64ull << 30;
};
/// LMDB, with one writer thread. Destruction writes what is queued, without answering. At most one
/// in a process for one folder. Errors: io, refused (another process has it open), corrupt,
/// unsupported (another format).
Result<std::unique_ptr<Store>> open_lmdb_store(World& world, StoreOptions options);
/// The same store for a second process that only reads, while an agent may be writing: append and
/// put are refused. Errors: not_found, io, corrupt, unsupported.
Result<std::unique_ptr<Store>> open_lmdb_reader(World& world, StoreOptions options);

/// The same contract in memory, for the simulator: what is durable survives in `backing` when the
/// Store is destroyed, what is not is lost. Durability is signalled through `world.workers`.
class MemoryBacking;
std::shared_ptr<MemoryBacking> make_memory_backing();
std::unique_ptr<Store> open_memory_store(World& world, std::shared_ptr<MemoryBacking> backing);

}  // namespace tocsin::mesh
