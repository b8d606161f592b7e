// The shape of the Merkle tree apart from its node hash, so that one walk serves our
// BLAKE2b tree and is checked by the published SHA-256 vectors.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"

namespace tocsin::crypto {

/// The root over `leaves` (1 or more), level by level in place; an odd node is promoted.
/// That is the tree of RFC 6962, which splits at the largest power of two. Source: RFC
/// 6962 §2.1.
template <typename Node>
Digest merkle_root_with(std::span<Digest> leaves, Node node) {
  for (std::size_t count = leaves.size(); count > 1; count = (count + 1) / 2) {
    for (std::size_t i = 0; i + 1 < count; i += 2)
      leaves[i / 2] = node(leaves[i], leaves[i + 1]);
    if (count % 2 != 0) leaves[count / 2] = leaves[count - 1];
  }
  return leaves.front();
}

/// The siblings from leaf `index` up, lowest first. Uses `leaves` as scratch.
/// Source: RFC 6962 §2.1.1.
template <typename Node>
std::vector<Digest> merkle_proof_with(std::span<Digest> leaves, std::size_t index,
                                      Node node) {
  std::vector<Digest> proof;
  for (std::size_t count = leaves.size(); count > 1;
       count = (count + 1) / 2, index /= 2) {
    const std::size_t sibling = index ^ 1;
    if (sibling < count) proof.push_back(leaves[sibling]);
    for (std::size_t i = 0; i + 1 < count; i += 2)
      leaves[i / 2] = node(leaves[i], leaves[i + 1]);
    if (count % 2 != 0) leaves[count / 2] = leaves[count - 1];
  }
  return proof;
}

/// The root that `leaf` at `index` of `count` leads to; nothing if there is no such leaf
/// or the proof is longer or shorter than the way up.
template <typename Node>
std::optional<Digest> root_from_proof_with(const Digest& leaf, std::uint64_t index,
                                           std::uint64_t count,
                                           std::span<const Digest> proof, Node node) {
  if (index >= count) return std::nullopt;
  Digest at = leaf;
  std::size_t used = 0;
  for (std::uint64_t last = count - 1; last > 0; last /= 2, index /= 2) {
    if (index % 2 == 0 && index == last) continue;  // Promoted: no sibling on this level.
    if (used == proof.size()) return std::nullopt;
    const Digest& sibling = proof[used++];
    at = index % 2 != 0 ? node(sibling, at) : node(at, sibling);
  }
  if (used != proof.size()) return std::nullopt;
  return at;
}

}  // namespace tocsin::crypto
