// Which batches of a store may give up their payload, and which of them have. Sans I/O: estimates
// from what arrives, so that only what is likely to be due is read again.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "mesh/sync/retention.hpp"
#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// What a compaction did, or with `dry_run` would do.
struct CompactionReport {
  WallTime at;
  bool dry_run = false;
  std::uint64_t looked_at = 0;              ///< batches that were read
  std::uint64_t dropped = 0;                ///< batches that became stubs
  std::uint64_t records = 0, bytes = 0;     ///< in them
  std::uint64_t live = 0;                   ///< batches that are still of use
  std::uint64_t held_back = 0;              ///< droppable, but their log has holes_max already
  std::uint64_t unreadable = 0;             ///< batches that have rotted
  std::uint64_t reappended = 0;             ///< records signed again above a new base
  std::uint64_t checkpoints = 0;            ///< signed
};

/// What `agent status` tells.
struct CompactionStatus {
  std::uint64_t droppable_bytes = 0;        ///< an estimate; the next compaction looks closely
  std::uint64_t stubs = 0;                  ///< batches without their payload
  std::uint64_t checkpoints_refused = 0;    ///< of others, that leave out what is live here
  bool running = false;
  std::optional<CompactionReport> last;
};

class CompactionBook {
 public:
  /// A log has at most this many runs of stubs above its base: a newcomer, who cannot have them
  /// from anybody, would have to keep a range for what lies between any two of them, and keeps
  /// head_ranges_max at most.
  static constexpr std::size_t holes_max = 16;
  static constexpr std::size_t batches_max = 64'000'000;
  static constexpr std::size_t retractions_max = 4'000'000;
  static constexpr std::size_t followed_max = 16'000'000;

  /// One batch by its place.
  struct Name {
    LogKey log;
    std::uint64_t sequence = 0;
    auto operator<=>(const Name&) const = default;
  };

  /// The places alone, to try on them what a compaction would do. What was retracted, and what is
  /// followed, it does not know.
  CompactionBook places() const;

  /// A readable batch that is held. Retractions in it count as `org`'s, unless `frozen`: what a
  /// forked log says ends nothing.
  void note(const Name& name, std::size_t bytes, std::string_view org, bool frozen,
            std::span<const RecordView> records);
  void note_stub(const Name& name);
  /// Looked at closely: it may be due at `end`. A day later than now where nothing can be told.
  void look_again(const Name& name, WallTime end);
  /// To be looked at whatever its records say of themselves.
  void touch(const Name& name) { touched_.insert(name); }
  /// All of a log up to a base that was accepted.
  void touch_up_to(const LogKey& log, std::uint64_t base);

  /// Indicators that were retracted since this was asked last: their batches are to be touched.
  std::vector<Digest> take_retracted() { return std::exchange(newly_retracted_, {}); }
  std::optional<WallTime> retracted_at(const Digest& indicator, std::string_view org) const;
  bool any_retracted() const { return !retractions_.empty(); }
  /// True when some record held refers to this indicator (or, rarely, one with the same prefix).
  bool is_followed(const Digest& indicator) const {
    return followed_full_ || followed_.contains(indicator.prefix());
  }

  /// Batches whose end, as far as is known, lies before `now`, in order of log and sequence.
  std::vector<Name> due(WallTime now) const;
  std::uint64_t droppable_bytes(WallTime now) const;
  /// Whether another stub leaves the log with holes_max runs above `base`.
  bool leaves_few_holes(const Name& name, std::uint64_t base) const;
  /// How far the base of a log may rise above `base`, up to `last`: as far as all batches can come
  /// to an end, at least base_stubs_min have, and those that have not are at most a quarter and few
  /// enough to be signed again. Nothing while that is nowhere.
  std::optional<std::uint64_t> next_base(const LogKey& log, std::uint64_t base,
                                         std::uint64_t last) const;
  static constexpr std::uint64_t base_stubs_min = 16, base_share = 4;
  static constexpr std::size_t base_live_batches_max = 64;
  static constexpr std::size_t base_live_bytes_max = 4 * 1024 * 1024;
  std::uint64_t stubs() const { return stubs_; }
  bool is_stub(const Name& name) const;

 private:
  struct Entry {
    std::uint64_t sequence = 0;
    std::uint32_t due_s = 0;
    std::uint32_t bytes = 0;
  };
  struct Log {
    std::vector<Entry> entries;         ///< by sequence; only what can ever be dropped
    std::vector<SequenceRange> stubs;   ///< ascending, apart
  };
  struct Order {
    std::uint16_t org = 0;
    std::uint32_t at_s = 0;
  };
  void note_retraction(const Digest& target, std::string_view org, WallTime created);
  void follow(const Digest& target);
  std::optional<std::uint16_t> number_of(std::string_view org);
  static std::vector<Entry>::iterator place(std::vector<Entry>& entries, std::uint64_t sequence);

  std::map<LogKey, Log> logs_;
  std::set<Name> touched_;
  std::size_t batches_ = 0;
  std::uint64_t stubs_ = 0;
  std::vector<std::string> orgs_;
  std::unordered_multimap<Digest, Order, PrefixHash<Digest>> retractions_;
  std::vector<Digest> newly_retracted_;
  std::unordered_set<std::uint64_t> followed_;
  bool followed_full_ = false;
};

}  // namespace tocsin::mesh
