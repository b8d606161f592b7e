#include "crypto/base_encoding.hpp"

#include "tests/catch.hpp"

using namespace tocsin;

TEST_CASE("base32 matches RFC 4648 section 10 in lower case") {
  CHECK(to_base32(bytes_of("f")) == "my");
  CHECK(to_base32(bytes_of("foobar")) == "mzxw6ytboi");
  CHECK(text_of(*from_base32("mzxw6ytboi")) == "foobar");
}

TEST_CASE("encodings refuse what they would not have written") {
  CHECK_FALSE(from_base32("mz"));     // trailing bits set
  CHECK_FALSE(from_base32("MZXW6"));  // upper case
  CHECK_FALSE(from_base32("m1"));
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex("zz"));
  CHECK_FALSE(from_base64("Zg="));
  CHECK_FALSE(from_base64("Zg==x"));
}

TEST_CASE("every encoding gives back what went in") {
  Bytes bytes;
  for (int i = 0; i < 70; ++i) {
    CHECK(*from_hex(to_hex(bytes)) == bytes);
    CHECK(*from_base32(to_base32(bytes)) == bytes);
    CHECK(*from_base64(to_base64(bytes)) == bytes);
    bytes.push_back(std::uint8_t(i * 37));
  }
}
