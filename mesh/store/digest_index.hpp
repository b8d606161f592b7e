// Tells where the record with a given digest lies, in about eleven bytes of memory per record.
#pragma once

#include <span>

#include "crypto/bytes.hpp"

namespace tocsin::mesh {

/// Digest → ordinals, by 44 bits of the digest: candidates, which the caller confirms by the
/// record's bytes. Open addressing in 4,096 shards, each of which grows by half when nine tenths
/// full, so that no insertion moves more than its shard.
class DigestIndex {
 public:
  static constexpr std::uint64_t ordinal_max = 0xfffffffe;
  static constexpr std::size_t shards = 4096;

  DigestIndex() : shards_(shards) {}

  /// The same pair twice is kept once. An ordinal over ordinal_max is a bug of the caller.
  void add(const Digest& id, std::uint64_t ordinal);
  /// The same for ordinals from `first` on; quicker than one by one, since the memory that all of
  /// them touch is fetched first.
  void add(std::span<const Digest> ids, std::uint64_t first);
  /// Makes room for `records` in all, so that adding them moves nothing.
  void reserve(std::uint64_t records);
  /// Appends the candidates to `out`.
  void find(const Digest& id, std::vector<std::uint64_t>& out) const;
  void remove(const Digest& id, std::uint64_t ordinal);

  std::size_t size() const { return size_; }
  std::size_t bytes() const;

 private:
  struct Slot { std::uint32_t print, ordinal; };
  struct Shard { std::vector<Slot> slots; std::uint32_t used = 0; };
  struct Where { std::size_t shard; std::uint32_t print; };
  static Where where(const Digest& id);
  static void insert(std::vector<Slot>& slots, Slot slot);
  static void grow(Shard& shard, std::size_t wanted);

  std::vector<Shard> shards_;
  std::size_t size_ = 0;
};

}  // namespace tocsin::mesh
