#include "crypto/noise_symmetric.hpp"

#include <sodium.h>

namespace tocsin::crypto::noise {

namespace {

std::size_t hash_bytes(Hash hash) { return hash == Hash::sha256 ? 32 : 64; }
std::size_t block_bytes(Hash hash) { return hash == Hash::sha256 ? 64 : 128; }

Bytes hash_of(Hash hash, std::initializer_list<ByteView> parts) {
  Bytes out(hash_bytes(hash));
  switch (hash) {
    case Hash::sha256: {
      crypto_hash_sha256_state state;
      crypto_hash_sha256_init(&state);
      for (const auto part : parts)
        crypto_hash_sha256_update(&state, part.data(), part.size());
      crypto_hash_sha256_final(&state, out.data());
      return out;
    }
    case Hash::blake2b: {
      crypto_generichash_blake2b_state state;
      crypto_generichash_blake2b_init(&state, nullptr, 0, out.size());
      for (const auto part : parts)
        crypto_generichash_blake2b_update(&state, part.data(), part.size());
      crypto_generichash_blake2b_final(&state, out.data(), out.size());
      return out;
    }
  }
  panic("unnamed hash", __FILE__, __LINE__);
}

/// 32 zero bits, then the counter in little-endian order.
std::array<std::uint8_t, 12> nonce_bytes(std::uint64_t nonce) {
  std::array<std::uint8_t, 12> out{};
  for (std::size_t i = 0; i < 8; ++i) out[4 + i] = std::uint8_t(nonce >> (8 * i));
  return out;
}

}  // namespace

void encrypt(const Key& key, std::uint64_t nonce, ByteView ad, ByteView plaintext,
             Bytes& out) {
  const auto number = nonce_bytes(nonce);
  const auto start = out.size();
  out.resize(start + plaintext.size() + tag_bytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + start, nullptr, plaintext.data(),
                                            plaintext.size(), ad.data(), ad.size(),
                                            nullptr, number.data(), key.data());
}

Result<void> decrypt(const Key& key, std::uint64_t nonce, ByteView ad,
                     ByteView ciphertext, Bytes& out) {
  if (ciphertext.size() < tag_bytes)
    return fail(Errc::unauthenticated, "{} bytes are too few for a tag",
                ciphertext.size());
  const auto number = nonce_bytes(nonce);
  out.resize(ciphertext.size() - tag_bytes);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(
          out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), ad.data(),
          ad.size(), number.data(), key.data()) != 0) {
    out.clear();
    return fail(Errc::unauthenticated, "the tag of a message does not fit");
  }
  return {};
}

Key rekey(const Key& key) {
  const Key zeros{};
  Bytes sealed;
  encrypt(key, ~std::uint64_t(0), {}, zeros, sealed);
  Key out;
  std::copy_n(sealed.begin(), out.size(), out.begin());
  sodium_memzero(sealed.data(), sealed.size());
  return out;
}

Bytes hmac(Hash hash, ByteView key, std::initializer_list<ByteView> parts) {
  Bytes inner(block_bytes(hash), 0x36), outer(block_bytes(hash), 0x5c);
  const Bytes short_key =
      key.size() > inner.size() ? hash_of(hash, {key}) : Bytes(key.begin(), key.end());
  for (std::size_t i = 0; i < short_key.size(); ++i) {
    inner[i] ^= short_key[i];
    outer[i] ^= short_key[i];
  }
  for (const auto part : parts) inner.insert(inner.end(), part.begin(), part.end());
  const auto inside = hash_of(hash, {inner});
  auto out = hash_of(hash, {outer, inside});
  sodium_memzero(inner.data(), inner.size());
  sodium_memzero(outer.data(), outer.size());
  return out;
}

SymmetricState::SymmetricState(Hash hash, std::string_view protocol_name) : kind_(hash) {
  const auto name = bytes_of(protocol_name);
  if (name.size() <= hash_bytes(hash)) {
    hash_.assign(name.begin(), name.end());
    hash_.resize(hash_bytes(hash));
  } else {
    hash_ = hash_of(hash, {name});
  }
  chaining_key_ = hash_;
}

SymmetricState::~SymmetricState() {
  sodium_memzero(chaining_key_.data(), chaining_key_.size());
  if (key_) sodium_memzero(key_->data(), key_->size());
}

/// HKDF of §4.3 with all three outputs.
std::array<Bytes, 3> SymmetricState::derive(ByteView input) const {
  static constexpr std::uint8_t one[] = {1}, two[] = {2}, three[] = {3};
  const Bytes secret = hmac(kind_, chaining_key_, {input});
  std::array<Bytes, 3> out;
  out[0] = hmac(kind_, secret, {one});
  out[1] = hmac(kind_, secret, {out[0], two});
  out[2] = hmac(kind_, secret, {out[1], three});
  return out;
}

void SymmetricState::set_key(ByteView from) {
  key_.emplace();
  std::copy_n(from.begin(), key_->size(), key_->begin());
  nonce_ = 0;
}

void SymmetricState::mix_key(ByteView input) {
  auto derived = derive(input);
  chaining_key_ = std::move(derived[0]);
  set_key(derived[1]);
}

void SymmetricState::mix_hash(ByteView data) { hash_ = hash_of(kind_, {hash_, data}); }

void SymmetricState::mix_key_and_hash(ByteView input) {
  auto derived = derive(input);
  chaining_key_ = std::move(derived[0]);
  mix_hash(derived[1]);
  set_key(derived[2]);
}

void SymmetricState::encrypt_and_hash(ByteView plaintext, Bytes& out) {
  const auto start = out.size();
  if (key_)
    encrypt(*key_, nonce_++, hash_, plaintext, out);
  else
    out.insert(out.end(), plaintext.begin(), plaintext.end());
  mix_hash(ByteView(out).subspan(start));
}

Result<Bytes> SymmetricState::decrypt_and_hash(ByteView ciphertext) {
  Bytes out(ciphertext.begin(), ciphertext.end());
  if (key_) {
    const auto opened = decrypt(*key_, nonce_, hash_, ciphertext, out);
    if (!opened) return std::unexpected(opened.error());
    ++nonce_;
  }
  mix_hash(ciphertext);
  return out;
}

std::pair<Key, Key> SymmetricState::split() const {
  const auto derived = derive({});
  std::pair<Key, Key> out;
  std::copy_n(derived[0].begin(), 32, out.first.begin());
  std::copy_n(derived[1].begin(), 32, out.second.begin());
  return out;
}

}  // namespace tocsin::crypto::noise
