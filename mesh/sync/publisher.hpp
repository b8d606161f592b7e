// Gathers records into batches: per log, for at most the linger, urgent ones at once.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>

#include "mesh/wire/batch.hpp"
#include "mesh/wire/marking.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// Where a log goes on.
struct LogTail {
  std::uint64_t sequence = 0;  ///< of the newest batch; 0 when there is none
  Digest id;
};

/// One batch to be signed. The caller signs, because only it holds the keys.
struct Gathered {
  LogKey log;
  std::vector<Bytes> records;
  std::vector<std::uint64_t> tags;  ///< as handed in, one per record
};

/// A record that waits to be signed; the same one may go to several audiences.
struct Unsigned {
  Audience audience;
  std::vector<std::uint64_t> tags;  ///< of who waits for it besides the first
};
using UnsignedRecords = std::unordered_multimap<Digest, Unsigned, PrefixHash<Digest>>;

class Publisher {
 public:
  static constexpr Duration linger_max = std::chrono::milliseconds(20);
  explicit Publisher(Duration linger) : linger_(std::min(linger, linger_max)) {}

  /// Adds one record to its log. `tag` comes back with the batch that holds it. The record must
  /// fit a batch by itself.
  void add(const LogKey& log, Bytes record, std::uint64_t tag, Instant now);
  /// When the next batch should be taken; nothing while no record waits. Full batches and those
  /// of urgent and control logs are due at once.
  std::optional<Instant> due() const;
  /// The next batch that is due at `now`, control logs first, then urgent ones.
  std::optional<Gathered> take(Instant now);
  /// Takes all that waits, due or not, in the order of the logs.
  std::vector<Gathered> drain();
  std::size_t waiting() const { return waiting_; }
  /// Bytes of a batch's payload before and beside its records.
  static constexpr std::size_t payload_overhead = 16 + crypto::sealed_overhead;

  /// The sequence and previous id for the next batch of `log`; call signed_as() with the result.
  LogTail tail(const LogKey& log) const;
  void signed_as(const LogKey& log, std::uint64_t sequence, const Digest& id);

 private:
  struct Pending {
    std::vector<Bytes> records;
    std::vector<std::uint64_t> tags;
    std::size_t bytes = payload_overhead;
    Instant due;
  };
  Duration linger_;
  std::map<LogKey, std::vector<Pending>> pending_;
  std::map<LogKey, LogTail> tails_;
  std::size_t waiting_ = 0;
};

}  // namespace tocsin::mesh
