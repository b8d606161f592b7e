// Each signature is checked once in the whole of a simulated life, not once by each agent.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tocsin::tests {

struct SignatureCounts {
  std::uint64_t asked = 0, checked = 0;
};
/// Since the program started.
SignatureCounts signature_counts();
inline constexpr std::size_t signatures_remembered_max = 1 << 20;

}  // namespace tocsin::tests
