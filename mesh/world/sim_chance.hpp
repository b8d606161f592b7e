// The dice of a simulated universe: everything random in it follows from one seed.
#pragma once

#include "crypto/entropy.hpp"
#include "crypto/time.hpp"

namespace tocsin::mesh {

/// Numbers that repeat themselves for the same seed. Source: SplitMix64, Steele, Lea and
/// Flood 2014, "Fast splittable pseudorandom number generators".
class SimChance {
 public:
  explicit SimChance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// From 0 to `bound` - 1; 0 for a bound of 0.
  std::uint64_t below(std::uint64_t bound);
  /// From `low` to `high`, both included.
  Duration between(Duration low, Duration high);
  bool happens(double probability);

 private:
  std::uint64_t state_;
};

/// Randomness for simulated programs. Fit for nothing else: whoever knows the seed knows
/// it all.
class SimEntropy final : public Entropy {
 public:
  explicit SimEntropy(std::uint64_t seed) : chance_(seed) {}
  void fill(MutableByteView out) override;

 private:
  SimChance chance_;
};

/// A well-spread function of both numbers.
std::uint64_t mix(std::uint64_t a, std::uint64_t b);

}  // namespace tocsin::mesh
