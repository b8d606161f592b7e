#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

using Texts = std::vector<std::string>;

TEST_CASE("bulk takes both paths and methods and answers for each item") {
  InputFixture fixture(InputKind::bulk);
  const auto answer = fixture.ask("PUT /logs-x/_bulk?refresh=true",
                                  "{\"create\":{}}\n{\"a\":1}\n{\"create\":{}}\n{\"refuse\":1}\n"
                                  "{\"create\":{}}\n{oops\n");
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(answer.find("X-Elastic-Product: Elasticsearch") != std::string::npos);
  CHECK(answer.find("\"errors\":true") != std::string::npos);
  CHECK(answer.find("\"_index\":\"logs-x\"") != std::string::npos);
  CHECK(fixture.sink.events == Texts{"{\"a\":1}", "{\"refuse\":1}"});

  fixture.sink.refuse = "refuse";
  const auto second =
      fixture.ask("POST /_bulk", "{\"index\":{}}\n{\"refuse\":1}\n{\"index\":{}}\n{\"b\":1}\n");
  CHECK(second.find("\"status\":400") != std::string::npos);
  CHECK(second.find("\"status\":201") != std::string::npos);
  CHECK(fixture.sink.events.back() == "{\"b\":1}");
}

TEST_CASE("items that a full sink did not take are to be sent again") {
  InputFixture fixture(InputKind::bulk);
  fixture.sink.failing = Error{Errc::full, "busy", {}};
  const auto answer = fixture.ask("POST /_bulk", "{\"index\":{}}\n{\"a\":1}\n{\"index\":{}}\n{x\n");
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(answer.find("\"status\":429") != std::string::npos);
  CHECK(answer.find("\"status\":400") != std::string::npos);
}

TEST_CASE("a shipper that asks who is there is told") {
  InputFixture fixture(InputKind::bulk);
  const auto about = fixture.ask("GET /", "");
  CHECK(about.starts_with("HTTP/1.1 200"));
  CHECK(about.find("\"number\":\"8.") != std::string::npos);
  const auto head = fixture.ask("HEAD /", "");
  CHECK(head.starts_with("HTTP/1.1 200"));
  CHECK(head.ends_with("\r\n\r\n"));
  CHECK(fixture.ask("GET /_license", "").find("active") != std::string::npos);
  CHECK(fixture.ask("GET /_cat", "").starts_with("HTTP/1.1 404"));
  CHECK(fixture.ask("GET /_bulk", "").starts_with("HTTP/1.1 405"));
  CHECK(fixture.ask("POST /a/b/_bulk", "x").starts_with("HTTP/1.1 404"));
}

TEST_CASE("bad bulk requests are refused and counted") {
  InputFixture fixture(InputKind::bulk);
  fixture.config.token = "t";
  CHECK(fixture.ask("POST /_bulk", "x").starts_with("HTTP/1.1 401"));
  const std::string_view key = "Authorization: ApiKey t\r\n";
  CHECK(fixture.ask("POST /_bulk", "", key).starts_with("HTTP/1.1 400"));
  CHECK(fixture.ask("POST /_bulk", "x\ny\n", key).starts_with("HTTP/1.1 400"));
  CHECK(fixture.input->status().reasons.at("bad request") == 2);
  CHECK(fixture.input->status().reasons.at("bad token") == 1);
}
