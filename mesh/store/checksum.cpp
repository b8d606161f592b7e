#include "mesh/store/checksum.hpp"

namespace tocsin::mesh {
namespace {

// Odd constants with about half their bits set: from the fractional parts of e and pi.
constexpr std::uint64_t first_key = 0xb7e151628aed2a6b;
constexpr std::uint64_t second_key = 0x243f6a8885a308d3;

std::uint64_t load(const std::uint8_t* from) {
  std::uint64_t out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const auto product = Wide(a) * b;
  return std::uint64_t(product) ^ std::uint64_t(product >> 64);
}

}  // namespace

std::uint64_t checksum(ByteView bytes) {
  std::uint64_t sum = fold(bytes.size() ^ first_key, second_key);
  const auto* at = bytes.data();
  auto left = bytes.size();
  for (; left >= 16; left -= 16, at += 16)
    sum = fold(load(at) ^ sum ^ first_key, load(at + 8) ^ second_key ^ (sum << 32 | sum >> 32));
  std::array<std::uint8_t, 16> tail{};
  if (left > 0) std::memcpy(tail.data(), at, left);
  sum = fold(load(tail.data()) ^ sum ^ first_key, load(tail.data() + 8) ^ second_key);
  return fold(sum ^ second_key, first_key);
}

}  // namespace tocsin::mesh
