// How many indicators are in force at a time, without a list of them.
#pragma once

#include <map>

#include "crypto/time.hpp"

namespace tocsin::mesh {

/// Counts by the second of expiry. Where indicators expire at more than buckets_max different
/// times, seconds are rounded up together, so that the count is late by at most grain_s().
class ExpiryCount {
 public:
  static constexpr std::size_t buckets_max = 65'536;

  void add(std::uint32_t expires_s);
  /// Takes one back that was added; nothing happens where it has expired.
  void remove(std::uint32_t expires_s);
  /// In force at `now`, which never goes back.
  std::uint64_t active(WallTime now);

  std::uint32_t grain_s() const { return grain_; }
  std::size_t buckets() const { return counts_.size(); }

 private:
  std::uint64_t bucket(std::uint32_t expires_s) const;
  void coarsen();

  std::map<std::uint64_t, std::uint64_t> counts_;  ///< by second, rounded up to the grain
  std::uint32_t grain_ = 1;
  std::uint64_t active_ = 0;
};

}  // namespace tocsin::mesh
