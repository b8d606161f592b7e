// Where committed writes lie: what a windowed store needs of LMDB, or of memory in a simulation.
#pragma once

#include <variant>

#include "mesh/store/store.hpp"

namespace tocsin::mesh {

/// The place of a batch in the order of arrival; sorts in that order.
struct Place {
  std::uint64_t first_ordinal = 0;
  std::uint64_t arrival = 0;
  auto operator<=>(const Place&) const = default;
};

struct PlacedBatch {
  StoredBatch batch;
  Place place;
};

/// `replaces`: the place that the same batch had while it could not be read.
struct BatchWrite {
  PlacedBatch placed;
  std::optional<Place> replaces;
};
struct FactWrite {
  Bytes key;
  std::shared_ptr<const Bytes> value;  ///< empty: erase
};
using Write = std::variant<BatchWrite, FactWrite>;
using Writes = std::vector<Write>;

class Medium {
 public:
  virtual ~Medium() = default;

  /// All of `writes` or none, durable on return. Called on the writer thread.
  virtual Result<void> write(const Writes& writes) = 0;
  /// Called on the loop once write() succeeded.
  virtual void committed(const Writes& writes) = 0;

  /// Reads are called on the loop and see what is committed. Errors: io, corrupt.
  virtual Result<std::optional<PlacedBatch>> find(const LogKey& log, std::uint64_t sequence) = 0;
  virtual Result<std::optional<PlacedBatch>> holding(std::uint64_t ordinal) = 0;
  /// `cut`: a limit, or a batch that cannot be read, ended it. The batch that reaches `bytes_max`
  /// is the last one.
  struct Range {
    std::vector<PlacedBatch> batches;
    bool cut = false;
  };
  virtual Result<Range> range(const LogKey& log, std::uint64_t first, std::size_t batches_max,
                              std::size_t bytes_max) = 0;
  /// A chunk of the order of arrival from `from` on; `next` is where to go on, absent at the end.
  /// A batch that cannot be read appears in `corrupt` instead.
  struct Chunk {
    std::vector<PlacedBatch> batches;
    std::vector<std::pair<LogKey, std::uint64_t>> corrupt;
    std::optional<Place> next;
  };
  virtual Result<Chunk> chunk(Place from) = 0;
  /// The place and readable records of a batch whose own bytes can no longer tell.
  virtual Result<std::optional<PlacedBatch>> place_of(const LogKey& log,
                                                      std::uint64_t sequence) = 0;
  virtual Result<std::optional<Bytes>> fact(ByteView key) = 0;
  virtual Result<std::vector<std::pair<Bytes, Bytes>>> facts(ByteView prefix) = 0;

  /// Where the next batch goes.
  virtual Result<Place> end() = 0;
  virtual std::uint64_t bytes_used() const = 0;
  virtual std::uint64_t bytes_free() const = 0;
  /// Bytes that may still be written.
  virtual std::uint64_t room() = 0;

  static constexpr std::size_t chunk_batches_max = 2048;
  static constexpr std::size_t chunk_bytes_max = 4 * 1024 * 1024;
};

}  // namespace tocsin::mesh
