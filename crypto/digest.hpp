// Hashes and the salted Merkle tree under which a batch is signed.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"

namespace tocsin::crypto {

/// BLAKE2b-256 of the concatenation of `parts`. Source: RFC 7693.
Digest blake2b(ByteView bytes);
Digest blake2b(std::initializer_list<ByteView> parts);
/// Keyed BLAKE2b-256, for MACs and derived secrets; key of 16 to 64 bytes.
Digest blake2b_keyed(ByteView key, std::initializer_list<ByteView> parts);
Digest sha256(ByteView bytes);

/// 16 bytes put in front of a record, so that a sealed value cannot be guessed from its leaf.
using Salt = std::array<std::uint8_t, 16>;
/// The salt of leaf `index`, from the 32-byte secret that travels inside the payload: bytes
/// 16·index to 16·index+15 of its ChaCha20 key stream (nonce zero), so one salt tells nothing of
/// the others.
Salt salt_of(ByteView batch_secret, std::uint32_t index);
/// The salts of leaves 0 to out.size()-1 at once: the way to take for a whole batch.
void salts_of(ByteView batch_secret, std::span<Salt> out);

/// H(0x00 ‖ record) with `salt` as BLAKE2b's own salt parameter, so that a record of up to 127
/// bytes costs one compression. Source: RFC 7693 §2.5, docs/decisions/0002-salt-parameter.md.
Digest leaf_digest(const Salt& salt, ByteView record);
/// H(0x01 ‖ left ‖ right)
Digest node_digest(const Digest& left, const Digest& right);
/// The root over 1 or more leaves (none is a bug of the caller); an odd node is promoted. Reuses
/// `leaves` as scratch.
Digest merkle_root(std::vector<Digest>& leaves);

/// The siblings on the way from leaf `index` (of those given) to the root, lowest first.
std::vector<Digest> merkle_proof(std::vector<Digest> leaves, std::size_t index);
/// The root that `leaf` at `index` of `count` leads to with `proof`; nothing if the proof's
/// length does not fit.
std::optional<Digest> root_from_proof(const Digest& leaf, std::size_t index, std::size_t count,
                                      std::span<const Digest> proof);

}  // namespace tocsin::crypto
