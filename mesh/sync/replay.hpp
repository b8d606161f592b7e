// Prepares on all cores what the store gives back at start, so that the loop has only to take it
// in: what depends on nothing but the bytes is done beside it, one group of batches ahead.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>

#include "mesh/store/store.hpp"

namespace tocsin::mesh {

/// Lifetime: `workers` outlives it.
class ReplayAhead {
 public:
  /// One batch out of the store.
  struct Ready {
    StoredBatch stored;
    Result<Batch> batch;
    /// As open_kept. Absent where it is only carried, cannot be opened, or its key was learned from
    /// batches of the same group or the one before: whoever takes it tries again.
    std::optional<OpenedBatch> opened = {};
    std::vector<Digest> ids = {};  ///< of the records of `opened`
  };
  /// The key of a scope as known now. Called on the caller's thread.
  using KeyOf = std::function<std::optional<crypto::SecretKey>(const ScopeId&)>;
  /// Takes the next batch, in the order of add(), on the caller's thread, while others are being
  /// prepared. False ends the replay.
  using Take = std::function<bool(Ready)>;

  ReplayAhead(Workers& workers, KeyOf key_of, Take take)
      : workers_(workers), key_of_(std::move(key_of)), take_(std::move(take)) {}

  /// False once `take` said so.
  bool add(const StoredBatch& stored);
  /// Hands over what is left; to be called once, after the last add().
  void finish();

  static constexpr std::size_t group_bytes_max = 4 * 1024 * 1024;
  static constexpr std::size_t group_batches_max = 4096;
  static constexpr std::size_t parts_max = 16;  ///< jobs per group

 private:
  void turn();
  void hand_over(std::vector<Ready> group);
  void prepare(Ready& ready) const;

  Workers& workers_;
  KeyOf key_of_;
  Take take_;
  std::vector<StoredBatch> gathered_;
  std::size_t gathered_bytes_ = 0;
  std::map<ScopeId, crypto::SecretKey> keys_;  ///< of the group being prepared
  std::vector<Ready> ready_;
  bool stopped_ = false;
};

}  // namespace tocsin::mesh
