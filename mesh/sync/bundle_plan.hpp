// Decides what goes into a bundle: which batches may leave towards an organisation, and how much
// that will be. Decides only; a few batches at a time, so that the loop stays free.
#pragma once

#include <deque>

#include "mesh/sync/bundle.hpp"
#include "mesh/sync/clearance.hpp"

namespace tocsin::mesh {

/// What to export.
struct BundleOrder {
  Path file;
  std::string to;                       ///< the organisation
  std::vector<std::string> carried_for; ///< whose sealed batches it shall carry besides
  WallTime since;                       ///< zero: everything
  bool dry_run = false;
};

/// What lies between the batches that are held of one log.
struct BundleGap {
  LogKey log;
  std::string org, agent;  ///< its author, as far as it is known
  SequenceRange range;
};

/// What an export put into its file, or an import took out.
struct BundleReport {
  BundleId id;
  std::string from_org, from_agent, to;
  std::uint64_t bytes = 0;                       ///< of the file
  std::uint64_t batches = 0, records = 0;        ///< exported, or newly stored
  std::uint64_t duplicates = 0;                  ///< records that were held already
  std::uint64_t carried = 0;                     ///< batches stored that only others can read
  std::uint64_t waiting = 0;                     ///< batches whose scope is not known yet
  std::uint64_t dropped = 0;                     ///< batches left out: of no use any more
  std::uint64_t forks = 0;                       ///< proofs in it, or of which this agent heard now
  std::map<std::string, std::uint64_t> refused;  ///< batches, by reason
  std::vector<BundleGap> gaps;                   ///< the first gaps_max
  static constexpr std::size_t gaps_max = 10'000;
};

class BundlePlan {
 public:
  static constexpr std::size_t batches_at_once = 64;
  static constexpr std::size_t bytes_at_once = 4 * 1024 * 1024;
  static constexpr std::size_t ranges_max = 1'000'000;

  /// Lifetime: catalogue, store and charter outlive the plan.
  BundlePlan(const Catalogue& catalogue, Store& store, const crypto::Charter& charter,
             AgentId own, BundleOrder order);

  /// Looks at the next batches; false once there is nothing more to look at. Errors: io, corrupt,
  /// too_large.
  Result<bool> step();

  /// What leaves, in the order in which it is to be written: what concerns trust first. What the
  /// organisation wrote itself is left out, since it has that.
  const std::vector<PullRange>& ranges() const { return ranges_; }
  /// Certificates of all authors. Lifetime: until the roster changes.
  std::vector<ByteView> certificates() const;
  /// All proofs of forks that are known here: everybody may have them.
  std::vector<Bytes> fork_proofs() const;
  std::uint64_t batches() const { return batches_; }
  std::uint64_t records() const { return records_; }
  /// Batches whose payload has been dropped: there is nothing to give.
  std::uint64_t dropped() const { return dropped_; }
  std::uint32_t segments() const;
  const std::map<std::string, std::uint64_t>& refused() const { return refused_; }

 private:
  Result<void> look_at(const StoredBatch& stored);
  void choose(const LogKey& log, std::uint64_t sequence);

  const Catalogue& catalogue_;
  Store& store_;
  const crypto::Charter& charter_;
  AgentId own_;
  BundleOrder order_;
  std::deque<PullRange> left_;
  std::vector<PullRange> ranges_;
  SegmentPacker packer_;
  std::uint64_t batches_ = 0, records_ = 0, dropped_ = 0;
  std::map<std::string, std::uint64_t> refused_;
};

/// What is missing below the newest batch of `head`.
std::vector<SequenceRange> gaps_of(const LogHead& head);

}  // namespace tocsin::mesh
