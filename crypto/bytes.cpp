#include "crypto/bytes.hpp"

namespace tocsin {

void ByteWriter::text8(std::string_view v) {
  TOCSIN_ASSERT(v.size() <= 0xff);
  u8(std::uint8_t(v.size()));
  raw(bytes_of(v));
}

void ByteWriter::text16(std::string_view v) {
  TOCSIN_ASSERT(v.size() <= 0xffff);
  u16(std::uint16_t(v.size()));
  raw(bytes_of(v));
}

void ByteWriter::blob32(ByteView v) {
  TOCSIN_ASSERT(v.size() <= 0xffffffffu);
  u32(std::uint32_t(v.size()));
  raw(v);
}

ByteView ByteReader::raw(std::size_t n) {
  if (!ok_ || n > in_.size()) {
    ok_ = false;
    in_ = {};
    return {};
  }
  const auto out = in_.first(n);
  in_ = in_.subspan(n);
  return out;
}

std::string_view ByteReader::text8() { return text_of(raw(u8())); }
std::string_view ByteReader::text16() { return text_of(raw(u16())); }
ByteView ByteReader::blob32() { return raw(u32()); }

}  // namespace tocsin
