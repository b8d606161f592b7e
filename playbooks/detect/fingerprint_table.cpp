#include "playbooks/detect/fingerprint_table.hpp"

#include <algorithm>
#include <cstring>

namespace tocsin::playbooks {
namespace {

std::uint64_t read64(const char* from) {
  std::uint64_t out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

std::uint64_t read_tail(const char* from, std::size_t size) {
  std::uint64_t out = 0;
  std::memcpy(&out, from, size);
  return out;
}

// Both halves of the full product: every input bit reaches every output bit.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide(a) * b;
  return std::uint64_t(product) ^ std::uint64_t(product >> 64);
}

}  // namespace

FingerprintKey FingerprintKey::make(Entropy& entropy) {
  FingerprintKey out;
  for (auto& word : out.words) word = entropy.number() | 1;
  return out;
}

std::uint64_t FingerprintKey::hash(std::uint64_t domain, std::string_view bytes) const {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t state = fold(words[0] ^ domain, words[1] ^ left);
  for (; left > 16; left -= 16, at += 16)
    state = fold(read64(at) ^ words[2] ^ state, read64(at + 8) ^ words[3]);
  const std::uint64_t low = left >= 8 ? read64(at) : read_tail(at, left);
  const std::uint64_t high = left > 8 ? read_tail(at + 8, left - 8) : 0;
  state = fold(low ^ words[2] ^ state, high ^ words[3]);
  return fold(state ^ words[0], words[1]);
}

FingerprintTable::FingerprintTable() = default;
FingerprintTable::~FingerprintTable() = default;
FingerprintTable::FingerprintTable(FingerprintTable&&) noexcept = default;
FingerprintTable& FingerprintTable::operator=(FingerprintTable&&) noexcept = default;

bool FingerprintTable::place_in(Partition& in, std::uint64_t fingerprint,
                                std::uint32_t ordinal) {
  if (in.count == 0) return false;
  const std::uint32_t from = place(fingerprint, in.count);
  const std::uint32_t reach = std::min<std::uint32_t>(in.count, reach_max);
  for (std::uint32_t distance = 0; distance < reach; ++distance) {
    const std::uint32_t at = from + distance < in.count ? from + distance
                                                        : from + distance - in.count;
    Bucket& bucket = in.buckets[at];
    if (bucket.used == slots) continue;
    bucket.fingerprints[bucket.used] = fingerprint;
    bucket.ordinals[bucket.used++] = ordinal;
    auto& farthest = in.buckets[from].reach;
    farthest = std::max(farthest, std::uint8_t(distance));
    return true;
  }
  return false;
}

void FingerprintTable::grow(Partition& in) {
  for (std::uint32_t count = in.count + in.count / 4 + 1;; count += count / 4 + 1) {
    Partition larger;
    larger.buckets = std::make_unique<Bucket[]>(count);
    larger.count = count;
    bool fits = true;
    for (std::uint32_t i = 0; i < in.count && fits; ++i)
      for (std::size_t slot = 0; slot < in.buckets[i].used && fits; ++slot)
        fits = place_in(larger, in.buckets[i].fingerprints[slot], in.buckets[i].ordinals[slot]);
    if (!fits) continue;
    larger.entries = in.entries;
    in = std::move(larger);
    return;
  }
}

bool FingerprintTable::insert(std::uint64_t fingerprint, std::uint32_t ordinal,
                              std::size_t same_max) {
  std::size_t same = 0;
  find(fingerprint, [&](std::uint32_t) { ++same; });
  if (same >= same_max) return false;
  if (partitions_.empty()) partitions_.resize(partitions);
  Partition& in = partitions_[fingerprint >> 54];
  // Above 84 % the way from home to entry gets long.
  if (std::uint64_t(in.entries) * 100 >= std::uint64_t(in.count) * slots * 84) grow(in);
  while (!place_in(in, fingerprint, ordinal)) grow(in);
  ++in.entries;
  ++size_;
  return true;
}

bool FingerprintTable::remove(std::uint64_t fingerprint, std::uint32_t ordinal) {
  if (!home(fingerprint)) return false;
  Partition& in = partitions_[fingerprint >> 54];
  const std::uint32_t from = place(fingerprint, in.count);
  for (std::uint32_t distance = 0; distance <= in.buckets[from].reach; ++distance) {
    Bucket& bucket = in.buckets[(from + distance) % in.count];
    for (std::size_t slot = 0; slot < bucket.used; ++slot) {
      if (bucket.fingerprints[slot] != fingerprint || bucket.ordinals[slot] != ordinal) continue;
      --bucket.used;
      bucket.fingerprints[slot] = bucket.fingerprints[bucket.used];
      bucket.ordinals[slot] = bucket.ordinals[bucket.used];
      --in.entries;
      --size_;
      return true;
    }
  }
  return false;
}

std::size_t FingerprintTable::bytes() const {
  std::size_t out = partitions_.capacity() * sizeof(Partition);
  for (const auto& in : partitions_) out += in.count * sizeof(Bucket);
  return out;
}

}  // namespace tocsin::playbooks
