#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

using Texts = std::vector<std::string>;

TEST_CASE("events come in at both paths with any content type") {
  InputFixture fixture(InputKind::hec);
  const auto first = fixture.ask("POST /services/collector", "{\"event\":\"a\"}{\"event\":\"b\"}",
                                 "Content-Type: application/x-www-form-urlencoded\r\n");
  CHECK(first.starts_with("HTTP/1.1 200"));
  CHECK(first.ends_with("{\"text\":\"Success\",\"code\":0}\n"));
  fixture.ask("POST /services/collector/event/1.0", "{\"event\":\"c\",\"host\":\"web\",\"time\":1}");
  CHECK(fixture.sink.events == Texts{"a", "b", "c"});
  CHECK(fixture.sink.hosts.back() == "web");
  CHECK(fixture.sink.times.back()->ms == 1000);
}

TEST_CASE("raw lines are events, and health answers without a token") {
  InputFixture fixture(InputKind::hec);
  fixture.config.token = "t";
  CHECK(fixture.ask("GET /services/collector/health", "").find("\"code\":17") != std::string::npos);
  fixture.ask("POST /services/collector/raw?host=web", "x\ny\n", "Authorization: Splunk t\r\n");
  CHECK(fixture.sink.events == Texts{"x", "y"});
  CHECK(fixture.sink.hosts == Texts{"web", "web"});
}

TEST_CASE("refusals carry the collector's status and code") {
  InputFixture fixture(InputKind::hec);
  fixture.config.token = "t";
  const std::string path = "POST /services/collector/event";
  const std::string token = "Authorization: Splunk t\r\n";
  const auto has = [](const std::string& answer, std::string_view status, std::string_view code) {
    return answer.starts_with("HTTP/1.1 " + std::string(status)) &&
           answer.find("\"code\":" + std::string(code)) != std::string::npos;
  };
  CHECK(has(fixture.ask(path, "{\"event\":1}"), "401", "2"));
  CHECK(has(fixture.ask(path, "{\"event\":1}", "Authorization: nonsense\r\n"), "401", "3"));
  CHECK(has(fixture.ask(path, "{\"event\":1}", "Authorization: Splunk u\r\n"), "403", "4"));
  CHECK(has(fixture.ask(path, "", token), "400", "5"));
  CHECK(has(fixture.ask(path, "{", token), "400", "6"));
  CHECK(has(fixture.ask(path, "{\"a\":1}", token), "400", "12"));
  CHECK(fixture.ask("GET /services/collector", "", token).starts_with("HTTP/1.1 405"));
  CHECK(fixture.ask("POST /services/other", "", token).starts_with("HTTP/1.1 404"));
  CHECK(fixture.sink.events.empty());

  const auto half = fixture.ask(path, "{\"event\":\"kept\"}{oops", token);
  CHECK(half.find("\"invalid-event-number\":1") != std::string::npos);
  CHECK(fixture.sink.events == Texts{"kept"});
}

TEST_CASE("a busy sink and a rejected event are told apart") {
  InputFixture fixture(InputKind::hec);
  fixture.sink.refuse = "bad";
  CHECK(fixture.ask("POST /services/collector", "{\"event\":\"ok\"}{\"event\":\"bad\"}")
            .find("\"invalid-event-number\":1") != std::string::npos);
  fixture.sink.failing = Error{Errc::full, "busy", {}};
  const auto busy = fixture.ask("POST /services/collector", "{\"event\":\"a\"}");
  CHECK(busy.starts_with("HTTP/1.1 503"));
  CHECK(busy.find("\"code\":9") != std::string::npos);
}
