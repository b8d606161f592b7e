#include "mesh/store/checksum.hpp"

#include <set>

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("every single bit, and every length, changes the checksum") {
  tests::SeededEntropy entropy(1);
  std::set<std::uint64_t> seen;
  std::size_t asked = 0;
  for (const std::size_t size : {0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 200}) {
    Bytes bytes(size);
    entropy.fill(bytes);
    seen.insert(checksum(bytes)), ++asked;
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      auto changed = bytes;
      changed[bit / 8] ^= std::uint8_t(1 << (bit % 8));
      seen.insert(checksum(changed)), ++asked;
    }
  }
  for (std::size_t zeros = 1; zeros < 100; ++zeros) seen.insert(checksum(Bytes(zeros))), ++asked;
  CHECK(seen.size() == asked);
}

TEST_CASE("bytes that change places change the checksum") {
  Bytes bytes(64);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::uint8_t(i);
  const auto before = checksum(bytes);
  CHECK(checksum(bytes) == before);
  auto rotated = bytes;
  std::rotate(rotated.begin(), rotated.begin() + 16, rotated.end());
  CHECK(checksum(rotated) != before);
}
