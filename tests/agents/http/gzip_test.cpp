#include "agents/http/gzip.hpp"

#include <zlib.h>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

Bytes packed(std::string_view text, int window = 15 + 16) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&z, uLong(text.size())) + 64);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = uInt(text.size());
  z.next_out = out.data();
  z.avail_out = uInt(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace

TEST_CASE("gzip and zlib bodies are unpacked, also in several members") {
  CHECK(text_of(*unpack_gzip(packed("hello"), 100)) == "hello");
  CHECK(text_of(*unpack_gzip(packed("hello", 15), 100)) == "hello");
  auto two = packed("one ");
  const auto second = packed("two");
  two.insert(two.end(), second.begin(), second.end());
  CHECK(text_of(*unpack_gzip(two, 100)) == "one two");
}

TEST_CASE("a decompression bomb is given up at the bound") {
  const auto bomb = packed(std::string(64 * 1024 * 1024, 'a'));
  CHECK(bomb.size() < 100 * 1024);
  const auto out = unpack_gzip(bomb, 1024 * 1024);
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == Errc::too_large);
}

TEST_CASE("damaged, truncated and foreign bodies are errors") {
  auto bytes = packed(std::string(1000, 'x') + "hello");
  CHECK(unpack_gzip(ByteView(), 100).error().code == Errc::invalid);
  CHECK(unpack_gzip(ByteView(bytes).first(bytes.size() - 3), 10000).error().code == Errc::invalid);
  bytes[bytes.size() / 2] ^= 0x55;
  CHECK(unpack_gzip(bytes, 10000).error().code == Errc::invalid);
  CHECK(unpack_gzip(bytes_of("plain text"), 100).error().code == Errc::invalid);
  auto trailed = packed("a");
  trailed.push_back('z');
  CHECK(unpack_gzip(trailed, 100).error().code == Errc::invalid);
}
