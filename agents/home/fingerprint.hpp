// Digests as words that two people can read to each other over the telephone.
#pragma once

#include <string>
#include <vector>

#include "crypto/digest.hpp"

namespace tocsin::agents {

inline constexpr std::size_t fingerprint_words = 6;
/// Six pronounceable five-letter words from the first 96 bits. Source: D. Wilkerson, "A Proposal
/// for Proquints", arXiv:0901.4016.
std::vector<std::string> fingerprint(const Digest& digest);

}  // namespace tocsin::agents
