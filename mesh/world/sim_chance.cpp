#include "mesh/world/sim_chance.hpp"

namespace tocsin::mesh {

namespace {

std::uint64_t scramble(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

}  // namespace

std::uint64_t SimChance::next() { return scramble(state_ += golden); }

std::uint64_t SimChance::below(std::uint64_t bound) {
  return bound == 0 ? 0 : next() % bound;
}

Duration SimChance::between(Duration low, Duration high) {
  if (high <= low) return low;
  return low + Duration(below(std::uint64_t((high - low).count()) + 1));
}

bool SimChance::happens(double probability) {
  // Always draws, so that a changed probability leaves the later numbers alone.
  return double(next() >> 11) * 0x1p-53 < probability;
}

void SimEntropy::fill(MutableByteView out) {
  for (std::size_t at = 0; at < out.size(); at += 8) {
    const auto word = chance_.next();
    std::memcpy(out.data() + at, &word, std::min<std::size_t>(8, out.size() - at));
  }
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return scramble(scramble(a + golden) ^ b);
}

}  // namespace tocsin::mesh
