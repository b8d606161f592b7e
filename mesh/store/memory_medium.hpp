// Committed writes in memory, for the simulator: they outlive the Store that wrote them, as a
// disk does.
#pragma once

#include <map>

#include "mesh/store/bytes_pool.hpp"
#include "mesh/store/medium.hpp"

namespace tocsin::mesh {

/// What a simulated disk holds. Tests may make it fail or rot.
class MemoryBacking {
 public:
  std::map<std::pair<LogKey, std::uint64_t>, PlacedBatch> batches;
  std::map<Place, std::pair<LogKey, std::uint64_t>> order;
  std::map<Bytes, std::shared_ptr<const Bytes>> facts;
  std::map<std::pair<LogKey, std::uint64_t>, bool> rotten;  ///< read as corrupt until rewritten
  std::uint64_t bytes = 0;
  std::uint64_t size_max = ~0ull >> 1;
  bool fail_commits = false;
  std::shared_ptr<BytesPool> pool;  ///< shared with other disks; may be null
};

class MemoryMedium final : public Medium {
 public:
  explicit MemoryMedium(std::shared_ptr<MemoryBacking> backing) : backing_(std::move(backing)) {}

  Result<void> write(const Writes& writes) override;
  /// Here, on the loop, is where writes take effect: what is not acknowledged is lost.
  void committed(const Writes& writes) override;
  Result<std::optional<PlacedBatch>> find(const LogKey& log, std::uint64_t sequence) override;
  Result<std::optional<PlacedBatch>> holding(std::uint64_t ordinal) override;
  Result<Range> range(const LogKey& log, std::uint64_t first, std::size_t batches_max,
                      std::size_t bytes_max) override;
  Result<Chunk> chunk(Place from) override;
  Result<std::optional<PlacedBatch>> place_of(const LogKey& log, std::uint64_t sequence) override;
  Result<std::optional<Bytes>> fact(ByteView key) override;
  Result<std::vector<std::pair<Bytes, Bytes>>> facts(ByteView prefix) override;
  Result<Place> end() override;
  std::uint64_t bytes_used() const override { return backing_->bytes; }
  std::uint64_t bytes_free() const override { return 0; }
  std::uint64_t room() override;

 private:
  void apply(const BatchWrite& write);
  void apply(const FactWrite& write);

  std::shared_ptr<MemoryBacking> backing_;
};

}  // namespace tocsin::mesh
