// A hash table of 64-bit keyed fingerprints and 32-bit ordinals, one cache line per look-up,
// that grows in small steps.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "crypto/entropy.hpp"

namespace tocsin::playbooks {

/// A secret, so that nobody outside can aim at collisions.
struct FingerprintKey {
  std::array<std::uint64_t, 4> words{};
  static FingerprintKey make(Entropy& entropy);
  /// Fast and keyed, not cryptographic: what it finds is always confirmed on the full value.
  std::uint64_t hash(std::uint64_t domain, std::string_view bytes) const;
};

/// A multimap. 1,024 partitions grow one by one by a quarter, so that growth never needs twice the
/// memory and never holds up the caller for long.
class FingerprintTable {
 public:
  FingerprintTable();
  ~FingerprintTable();
  FingerprintTable(FingerprintTable&&) noexcept;
  FingerprintTable& operator=(FingerprintTable&&) noexcept;

  /// False when `same_max` entries have this fingerprint already.
  bool insert(std::uint64_t fingerprint, std::uint32_t ordinal, std::size_t same_max);
  bool remove(std::uint64_t fingerprint, std::uint32_t ordinal);
  /// Brings the cache line of a later find on its way.
  void prefetch(std::uint64_t fingerprint) const {
    if (const Bucket* at = home(fingerprint)) __builtin_prefetch(at);
  }
  /// Calls each(ordinal) for every entry with this fingerprint.
  template <typename Each>
  void find(std::uint64_t fingerprint, Each&& each) const;

  std::size_t size() const { return size_; }
  std::size_t bytes() const;

  static constexpr std::size_t partitions = 1024;
  static constexpr std::size_t slots = 5;
  static constexpr std::size_t reach_max = 250;  ///< buckets between home and entry

 private:
  struct alignas(64) Bucket {
    std::uint64_t fingerprints[slots];
    std::uint32_t ordinals[slots];
    std::uint8_t used;
    std::uint8_t reach;  ///< farthest bucket that holds an entry whose home is here
  };
  static_assert(sizeof(Bucket) == 64);
  struct Partition {
    std::unique_ptr<Bucket[]> buckets;
    std::uint32_t count = 0;    ///< of buckets
    std::uint32_t entries = 0;
  };

  /// Fastrange over the low half; the top ten bits have chosen the partition.
  static std::uint32_t place(std::uint64_t fingerprint, std::uint32_t count) {
    return std::uint32_t(((fingerprint & 0xffffffff) * count) >> 32);
  }
  const Partition& partition(std::uint64_t fingerprint) const {
    return partitions_[fingerprint >> 54];
  }
  const Bucket* home(std::uint64_t fingerprint) const {
    if (size_ == 0) return nullptr;
    const Partition& in = partition(fingerprint);
    return in.count == 0 ? nullptr : &in.buckets[place(fingerprint, in.count)];
  }
  static bool place_in(Partition& in, std::uint64_t fingerprint, std::uint32_t ordinal);
  static void grow(Partition& in);

  std::vector<Partition> partitions_;
  std::size_t size_ = 0;
};

template <typename Each>
void FingerprintTable::find(std::uint64_t fingerprint, Each&& each) const {
  const Bucket* const from = home(fingerprint);
  if (!from) return;
  const Partition& in = partition(fingerprint);
  const Bucket* const end = in.buckets.get() + in.count;
  const Bucket* at = from;
  for (std::size_t distance = 0;; ++distance) {
    for (std::size_t slot = 0; slot < at->used; ++slot)
      if (at->fingerprints[slot] == fingerprint) each(at->ordinals[slot]);
    if (distance >= from->reach) return;
    if (++at == end) at = in.buckets.get();
  }
}

}  // namespace tocsin::playbooks
