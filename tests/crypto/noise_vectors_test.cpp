// The channel's primitives against Wycheproof's corner cases.
#include <sodium.h>

#include "crypto/noise_symmetric.hpp"
#include "tests/catch.hpp"
#include "tests/wycheproof.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using tests::column_bytes;

namespace {

/// HKDF-SHA256 over our HMAC. Source: RFC 5869 §2.
Bytes hkdf(ByteView input, ByteView salt, ByteView info, std::size_t size) {
  const Bytes no_salt(32);
  const auto secret =
      noise::hmac(noise::Hash::sha256, salt.empty() ? no_salt : salt, {input});
  Bytes out, block;
  for (std::uint8_t number = 1; out.size() < size; ++number) {
    block = noise::hmac(noise::Hash::sha256, secret, {block, info, ByteView(&number, 1)});
    out.insert(out.end(), block.begin(), block.end());
  }
  out.resize(size);
  return out;
}

struct Sealed {
  Bytes key, nonce, ad, message, whole;
};

std::optional<Bytes> bare_open(const Sealed& one) {
  Bytes out(one.whole.size() - noise::tag_bytes);
  const bool good =
      crypto_aead_chacha20poly1305_ietf_decrypt(
          out.data(), nullptr, nullptr, one.whole.data(), one.whole.size(), one.ad.data(),
          one.ad.size(), one.nonce.data(), one.key.data()) == 0;
  return good ? std::optional(out) : std::nullopt;
}

/// Noise numbers its messages: four zero bytes, then the number.
bool is_numbered(ByteView nonce) {
  return std::all_of(nonce.begin(), nonce.begin() + 4,
                     [](auto byte) { return byte == 0; });
}

std::optional<Bytes> noise_open(const Sealed& one) {
  noise::Key key;
  std::copy(one.key.begin(), one.key.end(), key.begin());
  ByteReader number(ByteView(one.nonce).subspan(4));
  Bytes out;
  const auto good = noise::decrypt(key, number.u64(), one.ad, one.whole, out);
  return good ? std::optional(out) : std::nullopt;
}

void check_hkdf(const tests::VectorCase& one) {
  INFO("case " << one[0]);
  const auto expected = column_bytes(one[4]);
  CHECK(hkdf(column_bytes(one[1]), column_bytes(one[2]), column_bytes(one[3]),
             expected.size()) == expected);
}

/// True when the case could be put to Noise's own call as well.
bool check_cipher(const tests::VectorCase& one) {
  INFO("case " << one[0]);
  Sealed sealed{column_bytes(one[2]), column_bytes(one[3]), column_bytes(one[4]),
                column_bytes(one[5]), column_bytes(one[6])};
  const auto tag = column_bytes(one[7]);
  sealed.whole.insert(sealed.whole.end(), tag.begin(), tag.end());
  const auto expected =
      one[1] == "valid" ? std::optional(sealed.message) : std::optional<Bytes>();
  if (sealed.nonce.size() != 12) {
    CHECK_FALSE(expected);
    return false;
  }
  CHECK(bare_open(sealed) == expected);
  if (!is_numbered(sealed.nonce)) return false;
  CHECK(noise_open(sealed) == expected);
  return true;
}

}  // namespace

TEST_CASE("HKDF over our HMAC gives Wycheproof's figures") {
  for (const auto& one : tests::read_vectors("hkdf_sha256_wycheproof.txt", 5))
    check_hkdf(one);
}

TEST_CASE("HKDF over our HMAC follows all of Wycheproof") {
  TOCSIN_NEEDS_DATA("wycheproof");
  for (auto one :
       tests::read_wycheproof("hkdf_sha256_test.json", {"ikm", "salt", "info", "okm"})) {
    if (one[1] != "valid") continue;  // Only sizes that HKDF does not offer.
    one.erase(one.begin() + 1);
    check_hkdf(one);
  }
}

TEST_CASE("ChaCha20-Poly1305 opens and refuses as Wycheproof expects") {
  std::size_t numbered = 0;
  for (const auto& one : tests::read_vectors("chacha20_poly1305_wycheproof.txt", 8))
    numbered += check_cipher(one);
  CHECK(numbered > 0);
}

TEST_CASE("ChaCha20-Poly1305 follows all of Wycheproof") {
  TOCSIN_NEEDS_DATA("wycheproof");
  for (const auto& one : tests::read_wycheproof("chacha20_poly1305_test.json",
                                                {"key", "iv", "aad", "msg", "ct", "tag"}))
    check_cipher(one);
}
