#include "crypto/digest.hpp"

#include <sodium.h>

#include "crypto/merkle_walk.hpp"

namespace tocsin::crypto {
namespace {

/// Without this, libsodium stays on its slow portable code. Every key, signature and
/// sealed payload comes through this source, so whoever links any of them has it.
[[maybe_unused]] const bool sodium_is_ready = [] {
  TOCSIN_ASSERT(sodium_init() >= 0);
  return true;
}();

constexpr std::uint8_t leaf_prefix = 0x00;
constexpr std::uint8_t node_prefix = 0x01;
/// A leaf up to this size is put together on the stack and hashed in one call.
constexpr std::size_t leaf_at_once_max = 512;
constexpr std::size_t chacha_block = 64;
constexpr std::size_t salts_per_block = chacha_block / sizeof(Salt);
using BatchKey = std::array<std::uint8_t, crypto_stream_chacha20_KEYBYTES>;

Digest hash_parts(ByteView key, std::initializer_list<ByteView> parts) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.data(), key.size(), Digest::size);
  for (const auto part : parts)
    crypto_generichash_update(&state, part.data(), part.size());
  Digest out;
  crypto_generichash_final(&state, out.data.data(), Digest::size);
  return out;
}

BatchKey batch_key(ByteView secret) {
  TOCSIN_ASSERT(secret.size() == std::tuple_size_v<BatchKey>);
  BatchKey key;
  std::copy(secret.begin(), secret.end(), key.begin());
  return key;
}

Digest long_leaf_digest(const Salt& salt, ByteView record) {
  crypto_generichash_blake2b_state state;
  crypto_generichash_blake2b_init_salt_personal(&state, nullptr, 0, Digest::size,
                                                salt.data(), nullptr);
  crypto_generichash_blake2b_update(&state, &leaf_prefix, 1);
  crypto_generichash_blake2b_update(&state, record.data(), record.size());
  Digest out;
  crypto_generichash_blake2b_final(&state, out.data.data(), Digest::size);
  return out;
}

constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> salt_nonce{};

}  // namespace

Digest blake2b(ByteView bytes) {
  Digest out;
  crypto_generichash(out.data.data(), Digest::size, bytes.data(), bytes.size(), nullptr,
                     0);
  return out;
}

Digest blake2b(std::initializer_list<ByteView> parts) { return hash_parts({}, parts); }

Digest blake2b_keyed(ByteView key, std::initializer_list<ByteView> parts) {
  TOCSIN_ASSERT(key.size() >= crypto_generichash_KEYBYTES_MIN &&
                key.size() <= crypto_generichash_KEYBYTES_MAX);
  return hash_parts(key, parts);
}

Digest sha256(ByteView bytes) {
  Digest out;
  crypto_hash_sha256(out.data.data(), bytes.data(), bytes.size());
  return out;
}

Salt salt_of(ByteView batch_secret, std::uint32_t index) {
  auto key = batch_key(batch_secret);
  std::array<std::uint8_t, chacha_block> block{};
  crypto_stream_chacha20_xor_ic(block.data(), block.data(), block.size(),
                                salt_nonce.data(), index / salts_per_block, key.data());
  Salt salt;
  std::copy_n(block.begin() + (index % salts_per_block) * salt.size(), salt.size(),
              salt.begin());
  sodium_memzero(key.data(), key.size());
  return salt;
}

void salts_of(ByteView batch_secret, std::span<Salt> out) {
  auto key = batch_key(batch_secret);
  crypto_stream_chacha20(reinterpret_cast<std::uint8_t*>(out.data()), out.size_bytes(),
                         salt_nonce.data(), key.data());
  sodium_memzero(key.data(), key.size());
}

Digest leaf_digest(const Salt& salt, ByteView record) {
  if (record.size() >= leaf_at_once_max) return long_leaf_digest(salt, record);
  std::array<std::uint8_t, leaf_at_once_max> whole;
  whole[0] = leaf_prefix;
  std::copy(record.begin(), record.end(), whole.begin() + 1);
  Digest out;
  crypto_generichash_blake2b_salt_personal(out.data.data(), Digest::size, whole.data(),
                                           1 + record.size(), nullptr, 0, salt.data(),
                                           nullptr);
  return out;
}

Digest node_digest(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 1 + 2 * Digest::size> whole;
  whole[0] = node_prefix;
  std::copy(left.data.begin(), left.data.end(), whole.begin() + 1);
  std::copy(right.data.begin(), right.data.end(), whole.begin() + 1 + Digest::size);
  Digest out;
  crypto_generichash(out.data.data(), Digest::size, whole.data(), whole.size(), nullptr,
                     0);
  return out;
}

Digest merkle_root(std::vector<Digest>& leaves) {
  TOCSIN_ASSERT(!leaves.empty());
  return merkle_root_with(std::span(leaves), node_digest);
}

std::vector<Digest> merkle_proof(std::vector<Digest> leaves, std::size_t index) {
  TOCSIN_ASSERT(index < leaves.size());
  return merkle_proof_with(std::span(leaves), index, node_digest);
}

std::optional<Digest> root_from_proof(const Digest& leaf, std::size_t index,
                                      std::size_t count, std::span<const Digest> proof) {
  return root_from_proof_with(leaf, index, count, proof, node_digest);
}

}  // namespace tocsin::crypto
