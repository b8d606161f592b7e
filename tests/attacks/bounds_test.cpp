// What is small on the wire and large or deep once it is read.
#include <zlib.h>

#include "agents/http/gzip.hpp"
#include "agents/http/json_check.hpp"
#include "agents/siem/http_intake.hpp"
#include "crypto/strict_json.hpp"
#include "playbooks/runs/document.hpp"
#include "tests/catch.hpp"
#include "tests/refusal.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

constexpr std::size_t depth = 100'000;

std::vector<std::string> deep_documents() {
  std::string objects;
  for (std::size_t i = 0; i < depth; ++i) objects += "{\"a\":";
  return {std::string(depth, '['), std::string(depth, '[') + std::string(depth, ']'),
          objects + "1" + std::string(depth, '}'), objects};
}

/// `size` equal bytes as gzip.
Bytes bomb_of(std::size_t size) {
  const std::string text(size, 'a');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  Bytes out(deflateBound(&z, uLong(size)) + 64);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = uInt(size);
  z.next_out = out.data();
  z.avail_out = uInt(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace

TEST_CASE("attack 22: JSON nested 100,000 deep is refused by every reader") {
  for (const auto& text : deep_documents()) {
    INFO(text.substr(0, 8) << " of " << text.size() << " bytes");
    CHECK_FALSE(check_json(text));
    CHECK_FALSE(crypto::parse_signed_json(text, text.size(), "charter"));
    CHECK_FALSE(playbooks::check_playbook(text));
    // Small enough for a playbook, and still far too deep.
    const auto checked = playbooks::check_playbook(text.substr(0, 100'000));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::too_large);
  }
}

TEST_CASE("attack 22: a body of 64 KiB that would unpack to 64 MiB is given up at the bound") {
  const auto bomb = bomb_of(64 * 1024 * 1024);
  REQUIRE(bomb.size() < 100 * 1024);
  CHECK(tests::refusal(unpack_gzip(bomb, 1024 * 1024)) == Errc::too_large);
  HttpRequest request;
  request.headers = {{"Content-Encoding", "gzip"}};
  request.body = bomb;
  const auto unpacked = unpack_body(request, 1024 * 1024);
  REQUIRE_FALSE(unpacked);
  CHECK(status_of(unpacked.error()) == 413);
  CHECK(request.body.size() <= 1024 * 1024);
}

TEST_CASE("attack 22: a bomb inside a bomb is unpacked once only") {
  const auto inner = bomb_of(16 * 1024 * 1024);
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  Bytes outer(deflateBound(&z, uLong(inner.size())) + 64);
  z.next_in = const_cast<Bytef*>(inner.data());
  z.avail_in = uInt(inner.size());
  z.next_out = outer.data();
  z.avail_out = uInt(outer.size());
  deflate(&z, Z_FINISH);
  outer.resize(z.total_out);
  deflateEnd(&z);
  HttpRequest request;
  request.headers = {{"Content-Encoding", "gzip"}};
  request.body = outer;
  REQUIRE(unpack_body(request, 1024 * 1024));
  CHECK(request.body == inner);
}
