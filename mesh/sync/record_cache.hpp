// Gives back single records by their ordinal, quickly: batches that were opened of late are kept
// open, so that confirming a hit does not decrypt a whole batch each time.
#pragma once

#include <functional>
#include <list>

#include "mesh/sync/catalogue.hpp"

namespace tocsin::mesh {

/// An opened batch. Its content was checked when it was taken in, and is not checked again.
struct CachedBatch {
  StoredBatch stored;
  Bytes clear;                        ///< the payload when it was sealed
  std::vector<ByteView> records;      ///< views into `clear` or `stored.encoded`
  std::size_t bytes() const { return stored.encoded->size() + clear.size(); }
  bool holds(std::uint64_t ordinal) const {
    return ordinal >= stored.first_ordinal && ordinal - stored.first_ordinal < stored.readable;
  }
};

class RecordCache {
 public:
  /// Lifetime: store and catalogue outlive it.
  RecordCache(Store& store, const Catalogue& catalogue) : store_(store), catalogue_(catalogue) {}

  /// The batch that holds `ordinal`; null when there is none, or its payload was dropped.
  /// Lifetime: until the next call.
  /// Errors: io, corrupt.
  Result<const CachedBatch*> batch_of(std::uint64_t ordinal);
  /// Opens a batch without keeping it here; a stub has no records. Errors: corrupt.
  Result<CachedBatch> open(StoredBatch stored) const;
  /// The batch that begins at `first_ordinal` has been dropped.
  void forget(std::uint64_t first_ordinal);

  static constexpr std::size_t batches_max = 256;
  static constexpr std::size_t bytes_max = 32 * 1024 * 1024;

 private:
  Store& store_;
  const Catalogue& catalogue_;
  std::list<CachedBatch> recent_;  ///< newest first
  std::size_t bytes_ = 0;
};

}  // namespace tocsin::mesh
