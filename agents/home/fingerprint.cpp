#include "agents/home/fingerprint.hpp"

namespace tocsin::agents {

std::vector<std::string> fingerprint(const Digest& digest) {
  constexpr std::string_view consonants = "bdfghjklmnprstvz";
  constexpr std::string_view vowels = "aiou";
  std::vector<std::string> out;
  for (std::size_t i = 0; i < fingerprint_words; ++i) {
    const unsigned bits = unsigned(digest.data[2 * i]) << 8 | digest.data[2 * i + 1];
    out.push_back({consonants[bits >> 12 & 15], vowels[bits >> 10 & 3],
                   consonants[bits >> 6 & 15], vowels[bits >> 4 & 3], consonants[bits & 15]});
  }
  return out;
}

}  // namespace tocsin::agents
