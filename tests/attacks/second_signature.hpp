// Makes what no honest signer makes: another valid signature of the same key over the same batch.
#pragma once

#include <sodium.h>

#include "mesh/wire/batch.hpp"

namespace tocsin::tests {

/// Ed25519 with a nonce drawn at random. Source: RFC 8032 §5.1.6.
inline SignatureBytes second_signature(const crypto::SigningKey& signing,
                                       const FederationId& federation, ByteView header) {
  ByteWriter to_sign;
  to_sign.raw(bytes_of("tocsin1:batch---"));
  to_sign.fixed(federation);
  to_sign.fixed(crypto::blake2b(header));

  std::array<std::uint8_t, 64> secret{}, wide{};
  crypto_hash_sha512(secret.data(), signing.seed().data(), 32);
  secret[0] &= 248, secret[31] &= 127, secret[31] |= 64;
  std::array<std::uint8_t, 32> r{}, k{}, a{}, ka{};
  randombytes_buf(wide.data(), wide.size());
  crypto_core_ed25519_scalar_reduce(r.data(), wide.data());
  SignatureBytes out;
  crypto_scalarmult_ed25519_base_noclamp(out.data.data(), r.data());

  Bytes hashed(out.data.begin(), out.data.begin() + 32);
  const auto key = signing.public_key();
  hashed.insert(hashed.end(), key.data.begin(), key.data.end());
  hashed.insert(hashed.end(), to_sign.bytes().begin(), to_sign.bytes().end());
  crypto_hash_sha512(wide.data(), hashed.data(), hashed.size());
  crypto_core_ed25519_scalar_reduce(k.data(), wide.data());
  std::array<std::uint8_t, 64> padded{};
  std::copy_n(secret.begin(), 32, padded.begin());
  crypto_core_ed25519_scalar_reduce(a.data(), padded.data());
  crypto_core_ed25519_scalar_mul(ka.data(), k.data(), a.data());
  crypto_core_ed25519_scalar_add(out.data.data() + 32, r.data(), ka.data());
  return out;
}

}  // namespace tocsin::tests
