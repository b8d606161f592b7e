#include "crypto/noise_symmetric.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using noise::Hash;

TEST_CASE("HMAC-SHA-256 gives the figures of RFC 4231") {
  CHECK(to_hex(noise::hmac(Hash::sha256, Bytes(20, 0x0b), {bytes_of("Hi There")})) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(noise::hmac(Hash::sha256, Bytes(131, 0xaa),
                           {bytes_of("Test Using Larger Than Block-Size Key"),
                            bytes_of(" - Hash Key First")})) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("a ciphertext opens under its key, number and associated data only") {
  const noise::Key key{1}, other{2};
  Bytes sealed, out;
  noise::encrypt(key, 5, bytes_of("ad"), bytes_of("plain"), sealed);
  REQUIRE(sealed.size() == 5 + noise::tag_bytes);
  REQUIRE(noise::decrypt(key, 5, bytes_of("ad"), sealed, out));
  CHECK(text_of(out) == "plain");
  CHECK_FALSE(noise::decrypt(other, 5, bytes_of("ad"), sealed, out));
  CHECK(out.empty());
  CHECK_FALSE(noise::decrypt(key, 6, bytes_of("ad"), sealed, out));
  CHECK_FALSE(noise::decrypt(key, 5, bytes_of("da"), sealed, out));
  CHECK_FALSE(noise::decrypt(key, 5, bytes_of("ad"), ByteView(sealed).first(15), out));
}

TEST_CASE("the next key is the cipher's first 32 bytes at the last number over zeros") {
  const noise::Key key{9};
  Bytes sealed;
  noise::encrypt(key, ~std::uint64_t(0), {}, Bytes(32, 0), sealed);
  const auto next = noise::rekey(key);
  CHECK(std::equal(next.begin(), next.end(), sealed.begin()));
}

TEST_CASE("a state encrypts only once it has a key, and both sides stay alike") {
  noise::SymmetricState a(Hash::sha256, "Noise_test"), b(Hash::sha256, "Noise_test");
  Bytes plain;
  a.encrypt_and_hash(bytes_of("open"), plain);
  CHECK(text_of(plain) == "open");
  CHECK(text_of(b.decrypt_and_hash(plain).value()) == "open");
  a.mix_key(bytes_of("secret"));
  b.mix_key(bytes_of("secret"));
  Bytes sealed;
  a.encrypt_and_hash(bytes_of("closed"), sealed);
  CHECK(text_of(sealed) != "closed");
  CHECK(text_of(b.decrypt_and_hash(sealed).value()) == "closed");
  CHECK(to_hex(a.hash()) == to_hex(b.hash()));
  CHECK(a.split() == b.split());
  CHECK(a.split().first != a.split().second);
}
