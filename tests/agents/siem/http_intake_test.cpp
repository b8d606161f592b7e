#include "agents/siem/http_intake.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

TokenCheck check(std::string authorization, std::string query = {}) {
  HttpRequest request;
  if (!authorization.empty()) request.headers = {{"authorization", authorization}};
  request.query = std::move(query);
  return check_token(request, "secret");
}

}  // namespace

TEST_CASE("a token is taken from every scheme that shippers use") {
  CHECK(check("Splunk secret") == TokenCheck::good);
  CHECK(check("bearer secret") == TokenCheck::good);
  CHECK(check("ApiKey secret") == TokenCheck::good);
  CHECK(check("Basic " + to_base64(bytes_of("x:secret"))) == TokenCheck::good);
  CHECK(check("", "a=b&token=secret") == TokenCheck::good);
  CHECK(check("") == TokenCheck::missing);
  CHECK(check("secret") == TokenCheck::malformed);
  CHECK(check("Digest secret") == TokenCheck::malformed);
  for (const auto* wrong : {"Splunk secre", "Splunk secrett", "Splunk Secret", "Basic !!!"})
    CHECK(check(wrong) == TokenCheck::wrong);
  HttpRequest any;
  CHECK(check_token(any, "") == TokenCheck::good);
}

TEST_CASE("lines keep their physical numbers") {
  const auto lines = lines_of("a\r\n\n  \nb\nc");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text == "a");
  CHECK(lines[1].number == 4);
  CHECK(lines[2].text == "c");
}

TEST_CASE("an encoding that is not understood is named") {
  HttpRequest request;
  request.headers = {{"Content-Encoding", "br"}};
  const auto result = unpack_body(request, 100);
  REQUIRE_FALSE(result.has_value());
  CHECK(status_of(result.error()) == 415);
  CHECK(result.error().message.find("br") != std::string::npos);
}
