// What an agent holds of every log, what another holds that it lacks, and one digest for both.
#pragma once

#include <functional>
#include <map>

#include "mesh/sync/revocation.hpp"
#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// How a batch would fit to what is held.
enum class Fit : std::uint8_t {
  next,      ///< continues or fills what is held; its `previous` agrees where that can be seen
  held,      ///< this sequence is held
  broken,    ///< its `previous` is not the id of the batch that is held before it
  too_many,  ///< it would open one range more than head_ranges_max
};

class HeadTable {
 public:
  Fit fit(const LogKey& log, std::uint64_t sequence, const Digest& previous) const;
  /// Records a batch for which fit() did not say `held` or `too_many`.
  void add(const LogKey& log, std::uint64_t sequence, const Digest& id);
  /// The log begins at `base` for this holder from now on: what is missing up to there is no gap.
  /// `last` is the id of the batch at `base`. A lower base than the present one changes nothing.
  void raise(const LogKey& log, std::uint64_t base, const Digest& last);
  /// True for what is held, and for all up to the base.
  bool has(const LogKey& log, std::uint64_t sequence) const;
  const LogHead* find(const LogKey& log) const;
  std::size_t logs() const { return logs_.size(); }
  /// Grows with every change.
  std::uint64_t changes() const { return changes_; }

  struct Author {
    std::uint64_t changed = 0;  ///< grows whenever one of its logs changes
    std::size_t ranges = 0;     ///< above the contiguous part, of all its logs
  };
  const std::map<AgentId, Author>& authors() const { return authors_; }
  /// Who may read its logs has changed.
  void touched(const AgentId& author);
  /// False for a batch that would open a range where there are ranges_max, or author_ranges_max of
  /// its author: it comes again once gaps are filled.
  bool has_range_room(const LogKey& log, std::uint64_t sequence) const;
  static constexpr std::size_t author_ranges_max = 4'096, ranges_max = 524'288;
  /// The heads of the logs that `visible` lets through, in key order; of one author, or all.
  std::vector<LogHead> heads_of(const AgentId& author,
                                const std::function<bool(const LogKey&)>& visible) const;
  std::vector<LogHead> heads(const std::function<bool(const LogKey&)>& visible) const;
  /// The last batch up to which nothing is missing, of each log that `visible` lets through.
  std::vector<LastGood> last_of(const std::function<bool(const LogKey&)>& visible) const;
  /// What `theirs` has and this table lacks; of a log whose newest batch has another id there
  /// than here, that one batch, because it proves a fork.
  std::vector<PullRange> missing(const std::vector<LogHead>& theirs) const;

 private:
  struct Held {
    void join();  ///< takes in the ranges that the contiguous part has reached
    LogHead head;
    std::vector<Digest> range_last;  ///< id of the newest batch of each range
  };
  Held& touch(const LogKey& log);

  std::map<LogKey, Held> logs_;
  void count_ranges(const AgentId& author, std::size_t before, std::size_t now);
  std::map<AgentId, Author> authors_;
  std::size_t ranges_ = 0;
  std::uint64_t changes_ = 0;
};

/// The parts of `wanted` that are not in `held` (ascending, apart from one another).
std::vector<SequenceRange> subtract(SequenceRange wanted,
                                    const std::vector<SequenceRange>& held);

}  // namespace tocsin::mesh
