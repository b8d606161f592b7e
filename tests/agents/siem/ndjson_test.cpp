#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

using Texts = std::vector<std::string>;

TEST_CASE("NDJSON lines are taken one by one, bad ones named by line") {
  InputFixture fixture(InputKind::ndjson_http);
  const auto answer = fixture.ask("POST /", "{\"a\":1}\n\nnonsense\n[1]\n{\"b\":2}");
  CHECK(fixture.sink.events == Texts{"{\"a\":1}", "{\"b\":2}"});
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(answer.find(R"("accepted":2,"rejected_count":2)") != std::string::npos);
  CHECK(answer.find(R"("line":3)") != std::string::npos);
  CHECK(answer.find(R"("line":4,"reason":"not a JSON object")") != std::string::npos);
  CHECK(fixture.input->status().events == 2);
  CHECK(fixture.input->status().rejected == 2);
}

TEST_CASE("an array of events is taken too") {
  InputFixture fixture(InputKind::ndjson_http);
  fixture.ask("POST /", " [{\"a\":1}, 2, {\"b\":\"x\"}]");
  CHECK(fixture.sink.events == Texts{"{\"a\":1}", "{\"b\":\"x\"}"});
}

TEST_CASE("a request without one good event is an error, and the listener stays up") {
  InputFixture fixture(InputKind::ndjson_http);
  CHECK(fixture.ask("POST /", "").starts_with("HTTP/1.1 400"));
  CHECK(fixture.ask("POST /", "\n\n").starts_with("HTTP/1.1 400"));
  CHECK(fixture.ask("POST /", "nonsense\n").starts_with("HTTP/1.1 400"));
  CHECK(fixture.ask("POST /", std::string(100'000, '[')).starts_with("HTTP/1.1 400"));
  CHECK(fixture.ask("DELETE /", "").starts_with("HTTP/1.1 405"));
  CHECK(fixture.ask("POST /else", "{}").starts_with("HTTP/1.1 404"));
  CHECK(fixture.ask("GET /", "").starts_with("HTTP/1.1 200"));
  CHECK(fixture.sink.events.empty());
}

TEST_CASE("an event is answered only once the sink has it") {
  InputFixture fixture(InputKind::ndjson_http);
  mesh::Event gate(fixture.memory.loop);
  fixture.sink.gate = &gate;
  auto client = fixture.connect();
  client.send("POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
  fixture.memory.loop.advance(5s);
  CHECK(client.received().empty());
  gate.set();
  fixture.memory.loop.settle();
  CHECK(client.received().starts_with("HTTP/1.1 200"));
}

TEST_CASE("a full sink asks the sender to come back, a wrong token to go") {
  InputFixture fixture(InputKind::ndjson_http);
  fixture.config.token = "t";
  CHECK(fixture.ask("POST /", "{}").starts_with("HTTP/1.1 401"));
  CHECK(fixture.ask("POST /", "{}", "Authorization: Bearer u\r\n").starts_with("HTTP/1.1 403"));
  fixture.sink.failing = Error{Errc::full, "busy", {}};
  const auto answer = fixture.ask("POST /", "{}", "Authorization: Bearer t\r\n");
  CHECK(answer.starts_with("HTTP/1.1 503"));
  CHECK(answer.find("Retry-After") != std::string::npos);
  CHECK(fixture.sink.events.empty());
}

TEST_CASE("with another format lines are handed over as they are") {
  InputFixture fixture(InputKind::ndjson_http);
  fixture.config.format = EventFormat::syslog;
  fixture.ask("POST /", "<13>x\n<13>y\n");
  CHECK(fixture.sink.events == Texts{"<13>x", "<13>y"});
}
