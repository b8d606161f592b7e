// Committed writes in one LMDB environment.
#pragma once

#include "mesh/store/lmdb_handles.hpp"
#include "mesh/store/medium.hpp"

namespace tocsin::mesh {

/// Four named databases: `batches` (log key ‖ sequence big-endian → checksum[8] ‖ first ordinal[8]
/// ‖ arrival[8] ‖ readable[2] ‖ zero[6] ‖ encoded batch), `order` (first ordinal ‖ arrival, both
/// big-endian → log key ‖ sequence big-endian ‖ readable[2]), `facts`, and `about`. Of a
/// batch whose payload was dropped, `batches` holds header ‖ signature as the encoded batch.
class LmdbMedium final : public Medium {
 public:
  enum class Access : std::uint8_t { read_write, read_only };
  /// `lock` is held as long as the medium lives. Errors: io, unsupported (another format),
  /// not_found (read_only: nothing there).
  static Result<std::shared_ptr<LmdbMedium>> open(World& world, StoreOptions options,
                                                  Access access,
                                                  std::unique_ptr<AppendFile> lock);

  Result<void> write(const Writes& writes) override;
  void committed(const Writes&) override {}
  Result<std::optional<PlacedBatch>> find(const LogKey& log, std::uint64_t sequence) override;
  Result<std::optional<PlacedBatch>> holding(std::uint64_t ordinal) override;
  Result<Range> range(const LogKey& log, std::uint64_t first, std::size_t batches_max,
                      std::size_t bytes_max) override;
  Result<Chunk> chunk(Place from) override;
  Result<std::optional<PlacedBatch>> place_of(const LogKey& log, std::uint64_t sequence) override;
  Result<std::optional<Bytes>> fact(ByteView key) override;
  Result<std::vector<std::pair<Bytes, Bytes>>> facts(ByteView prefix) override;
  Result<Place> end() override;
  std::uint64_t bytes_used() const override;
  std::uint64_t bytes_free() const override;
  std::uint64_t room() override;

 private:
  LmdbMedium(World& world, StoreOptions options) : world_(world), options_(std::move(options)) {}
  Result<void> open_environment(Access access);
  Result<void> open_databases(Access access);
  Result<void> put(MDB_txn* txn, const BatchWrite& write);
  Result<void> put(MDB_txn* txn, const FactWrite& write);
  struct FreePages { std::uint64_t bytes = 0; std::size_t lists = 0; };
  FreePages free_pages() const;

  World& world_;
  StoreOptions options_;
  std::unique_ptr<AppendFile> lock_;
  LmdbEnvironment env_;
  MDB_dbi batches_ = 0, order_ = 0, facts_ = 0, about_ = 0;
  FreePages free_;               ///< as counted last
  std::size_t free_asked_ = 0;   ///< since then
};

}  // namespace tocsin::mesh
