#include "crypto/bytes.hpp"

#include "tests/catch.hpp"

using namespace tocsin;

TEST_CASE("what a writer writes a reader reads") {
  ByteWriter writer;
  writer.u8(7);
  writer.u16(0x1234);
  writer.u64(0x0102030405060708);
  writer.text8("ab");
  writer.text16("cde");
  writer.blob32(bytes_of("xyz"));
  CHECK(writer.bytes()[1] == 0x34);

  ByteReader reader(writer.bytes());
  CHECK(reader.u8() == 7);
  CHECK(reader.u16() == 0x1234);
  CHECK(reader.u64() == 0x0102030405060708);
  CHECK(reader.text8() == "ab");
  CHECK(reader.text16() == "cde");
  CHECK_FALSE(reader.done());
  CHECK(text_of(reader.blob32()) == "xyz");
  CHECK(reader.done());
}

TEST_CASE("a read past the end fails and stays failed") {
  const Bytes three{1, 2, 3};
  ByteReader reader(three);
  CHECK(reader.u32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
  CHECK_FALSE(reader.done());
}

TEST_CASE("a length that promises more than there is gives nothing") {
  const Bytes liar{0xff, 0xff, 0xff, 0xff, 1};
  ByteReader reader(liar);
  CHECK(reader.blob32().empty());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("fixed bytes accept only their own size") {
  CHECK(Digest::from(Bytes(32)).has_value());
  CHECK_FALSE(Digest::from(Bytes(31)).has_value());
  CHECK(Digest{}.is_zero());
}
