#include "agents/http/message.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

TEST_CASE("a response is written with its length, and HEAD keeps the length without the body") {
  const HttpResponse response{200, "text/plain", "hello", {{"X-A", "b"}}};
  CHECK(write_response(response, true, false) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        "Connection: keep-alive\r\nX-A: b\r\n\r\nhello");
  CHECK(write_response(response, false, true) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        "Connection: close\r\nX-A: b\r\n\r\n");
}

TEST_CASE("a header cannot be used to begin another") {
  const HttpResponse response{200, "text/plain", "", {{"X-A", "b\r\nX-Evil: 1"}}};
  CHECK(write_response(response, true, false).find("\r\nX-Evil") == std::string::npos);
}

TEST_CASE("headers and parameters are found in any case and decoded") {
  HttpRequest request;
  request.headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  request.query = "a=1&token=x%2Fy&flag";
  CHECK(request.header("CONTENT-TYPE") == "a");
  CHECK(request.header("absent").empty());
  CHECK(request.parameter("token") == "x/y");
  CHECK(request.parameter("flag").empty());
  CHECK(request.parameter("oken").empty());
}

TEST_CASE("percent encoding is decoded strictly") {
  CHECK(percent_decode("a%20b%2f").value() == "a b/");
  CHECK_FALSE(percent_decode("%").has_value());
  CHECK_FALSE(percent_decode("%4").has_value());
  CHECK_FALSE(percent_decode("%zz").has_value());
  CHECK_FALSE(percent_decode("%00").has_value());
}
