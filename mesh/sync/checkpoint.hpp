// How the author of a log lets it begin later: what was live before has been signed again in newer
// batches, and everybody may forget the payloads up to the base.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "mesh/store/store.hpp"
#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

inline constexpr std::size_t checkpoint_ranges_max = 1024;

/// Tags: 1 log key, 2 base, 3 id of the batch at the base, 4 number of records declared live,
/// 5 root over their ids, 6 log key ‖ first[8] ‖ last[8] of the batches that hold them (repeats).
/// It travels in a log of the same author, scope and class as the one it is about.
struct Checkpoint {
  LogKey log;
  std::uint64_t base = 0;
  Digest last;                   ///< id of the batch at `base`
  std::uint64_t live = 0;
  Digest root;                   ///< root_of_ids() of all records in `where`
  std::vector<PullRange> where;  ///< ascending
  bool operator==(const Checkpoint&) const = default;
};
/// Errors: too_large (over checkpoint_ranges_max).
Result<Bytes> encode_checkpoint(const RecordHeader& header, const Checkpoint& checkpoint);
/// `in`: the log that the record stands in. Errors: invalid, too_large, refused (about a log of
/// another author, scope or class).
Result<Checkpoint> decode_checkpoint(const RecordView& record, const LogKey& in);

/// The logs that an author goes on with in another epoch: same agent, scope and class.
bool same_family(const LogKey& a, const LogKey& b);
/// Merkle root over the ids in ascending order, each once; zero for none.
Digest root_of_ids(const std::set<Digest>& ids);

/// Where a log begins here, as it was accepted; kept in the store.
struct LogBase {
  std::uint64_t base = 0;
  Digest last;
  bool operator==(const LogBase&) const = default;
};
Bytes base_key(const LogKey& log);
Bytes encode_base(const LogBase& base);
/// Errors: io, corrupt.
Result<std::map<LogKey, LogBase>> read_bases(Store& store);

/// What a holder finds when it looks whether a checkpoint leaves out what is live.
enum class CheckpointVerdict : std::uint8_t {
  accepted,
  waiting,      ///< a batch is not here yet that would show it, or something cannot be told
  other_chain,  ///< the batch at the base, or the one after it, is not as it says
  wrong_root,   ///< the batches that it names hold other records than it declares
  omission,     ///< it leaves out a record that is live here: a proof of its author's fault
};
std::string_view name_of(CheckpointVerdict verdict);

/// What a holder knows of the batches that a checkpoint is about.
struct CheckpointView {
  std::optional<Digest> at_base;         ///< id of the batch held there
  std::optional<Digest> after_base;      ///< `previous` of the batch held after it
  bool all_here = true;                  ///< every batch of `where` has come here
  bool all_readable = true;              ///< and has its payload
  std::set<Digest> declared;             ///< ids of the records in those that have
  std::set<Digest> live;                 ///< ids of live records held up to the base
  std::set<Digest> unsure;               ///< and of those that may be: what they name is not known
};
CheckpointVerdict judge_checkpoint(const Checkpoint& checkpoint, const CheckpointView& view);

}  // namespace tocsin::mesh
