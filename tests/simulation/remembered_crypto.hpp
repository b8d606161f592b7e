// Each signature is checked once in the whole of a simulated life, not once by each
// agent, and each Diffie-Hellman secret is worked out once, not once by each of its two
// ends.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tocsin::tests {

struct CryptoCounts {
  std::uint64_t signatures = 0, signatures_checked = 0;
  std::uint64_t agreements = 0, agreements_computed = 0;
};
/// Since the program started.
CryptoCounts crypto_counts();
/// Of each kind.
inline constexpr std::size_t crypto_remembered_max = 1 << 20;

}  // namespace tocsin::tests
