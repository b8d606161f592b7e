#include "agents/http/parser.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

/// Feeds `text` in pieces of `piece` bytes, as a network might deliver it.
std::expected<HttpRequest, HttpFault> parse(std::string_view text, std::size_t piece) {
  HttpParser parser(16 * 1024, 1024);
  std::string buffer;
  for (std::size_t at = 0; at < text.size() && !parser.done(); at += piece) {
    buffer += text.substr(at, piece);
    const auto taken = parser.feed(bytes_of(buffer));
    if (!taken) return std::unexpected(taken.error());
    buffer.erase(0, *taken);
  }
  if (!parser.done()) return std::unexpected(HttpFault{0, "incomplete"});
  return parser.take();
}

}  // namespace

TEST_CASE("a request is the same in whatever pieces it comes") {
  const std::string_view text =
      "POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n";
  for (const std::size_t piece : {1, 2, 3, 7, 50, 500}) {
    const auto request = parse(text, piece);
    REQUIRE(request.has_value());
    CHECK(request->method == "POST");
    CHECK(request->path == "/a b");
    CHECK(request->query == "x=1");
    CHECK(request->text() == "abcde");
    CHECK(request->keep_alive);
  }
}

TEST_CASE("what is too large or malformed is refused with its status") {
  const auto status = [](std::string_view text) {
    const auto request = parse(text, 100);
    return request ? 200 : request.error().status;
  };
  CHECK(status("GET / HTTP/1.1\r\nA: " + std::string(20000, 'a') + "\r\n\r\n") == 431);
  CHECK(status("GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n") == 431);
  CHECK(status("POST / HTTP/1.1\r\nContent-Length: 1025\r\n\r\n") == 413);
  CHECK(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" +
               std::string(0x401, 'a') + "\r\n0\r\n\r\n") == 413);
  CHECK(status("GET / HTTP/2.0\r\n\r\n") == 505);
  CHECK(status(std::string_view("\x16\x03\x01\x02\0garbage\xff\xfe", 15)) == 400);
  CHECK(status("GET /%zz HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n") == 400);
  CHECK(status("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd") == 400);
  CHECK(status("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" +
               std::string(20000, '0')) != 200);
}

TEST_CASE("a client that asks before it sends is seen") {
  HttpParser parser(16 * 1024, 1024);
  REQUIRE(parser.feed(bytes_of("PUT /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")));
  CHECK(parser.expects_continue());
  REQUIRE(parser.feed(bytes_of("a")));
  CHECK_FALSE(parser.expects_continue());
  CHECK(parser.take()->text() == "a");
}

TEST_CASE("HTTP/1.0 closes unless it asks otherwise, and an absolute target loses its host") {
  CHECK_FALSE(parse("GET / HTTP/1.0\r\n\r\n", 100)->keep_alive);
  CHECK_FALSE(parse("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 100)->keep_alive);
  CHECK(parse("GET http://h:1/a/b?c HTTP/1.1\r\n\r\n", 100)->path == "/a/b");
}
