#include "agents/http/service.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

namespace {

/// Says what it was asked; waits for `gate` first where there is one.
struct Echo final : HttpHandler {
  std::vector<std::string> seen;
  mesh::Event* gate = nullptr;
  mesh::Task<HttpResponse> answer(HttpRequest request) override {
    if (gate != nullptr) co_await gate->wait();
    seen.push_back(request.method + " " + request.path + " " + std::string(request.text()));
    co_return HttpResponse{200, "text/plain", seen.back(), {}};
  }
};

struct Fixture {
  MemoryWorld memory;
  std::shared_ptr<Echo> echo = std::make_shared<Echo>();
  HttpLimits limits;
  std::shared_ptr<HttpService> service;

  Client connect() {
    if (!service) service = make_http_service(memory.loop, echo, limits);
    auto [stream, client] = stream_pair(memory.loop);
    memory.loop.spawn(serve_http(service, std::move(stream)));
    return client;
  }
  std::string exchange(std::string_view text) {
    auto client = connect();
    client.send(text);
    memory.loop.settle();
    return client.received();
  }
};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t out = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++out;
  return out;
}

}  // namespace

TEST_CASE("pipelined requests are answered in order on one connection") {
  Fixture fixture;
  const auto answers = fixture.exchange(
      "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nab\r\n"
      "GET /3 HTTP/1.1\r\n\r\n");
  CHECK(count(answers, "HTTP/1.1 200") == 3);
  CHECK(fixture.echo->seen == std::vector<std::string>{"GET /1 ", "POST /2 ab", "GET /3 "});
}

TEST_CASE("HEAD gets the head of what GET would get") {
  Fixture fixture;
  const auto answer = fixture.exchange("HEAD /x HTTP/1.1\r\n\r\n");
  CHECK(answer.find("Content-Length: 8\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("a client that drips its request is cut off at one absolute deadline") {
  Fixture fixture;
  auto client = fixture.connect();
  for (int i = 0; i < 12; ++i) {
    client.send("G");
    fixture.memory.loop.advance(1s);
  }
  CHECK(client.received().starts_with("HTTP/1.1 408"));
  fixture.memory.loop.advance(2s);
  CHECK(client.closed());
  CHECK(fixture.memory.loop.tasks() == 0);
}

TEST_CASE("an idle connection ends in silence") {
  Fixture fixture;
  auto client = fixture.connect();
  client.send("GET / HTTP/1.1\r\n\r\n");
  fixture.memory.loop.advance(59s);
  CHECK_FALSE(client.closed());
  client.received();
  fixture.memory.loop.advance(2s);
  CHECK(client.closed());
  CHECK(client.received().empty());
}

TEST_CASE("garbage costs its own connection only") {
  Fixture fixture;
  auto good = fixture.connect();
  CHECK(fixture.exchange("\x16\x03\x01 not http\r\n\r\n").starts_with("HTTP/1.1 400"));
  good.send("GET /ok HTTP/1.1\r\n\r\n");
  fixture.memory.loop.settle();
  CHECK(good.received().starts_with("HTTP/1.1 200"));
  CHECK(fixture.service->counters.faults.at(400) == 1);
}

TEST_CASE("the body is asked for when the client waits for that") {
  Fixture fixture;
  auto client = fixture.connect();
  client.send("POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  fixture.memory.loop.settle();
  CHECK(client.received() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  fixture.memory.loop.settle();
  CHECK(client.received().find("POST /b abc") != std::string::npos);
}

TEST_CASE("a body announced too large is refused before it is sent") {
  Fixture fixture;
  fixture.limits.body_max = 10;
  const auto answer =
      fixture.exchange("POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 413"));
}

TEST_CASE("connections beyond the bound are refused and told so") {
  Fixture fixture;
  fixture.limits.connections_max = 2;
  auto first = fixture.connect(), second = fixture.connect(), third = fixture.connect();
  fixture.memory.loop.settle();
  CHECK(third.received().starts_with("HTTP/1.1 503"));
  CHECK(third.closed());
  first.finish();
  fixture.memory.loop.settle();
  CHECK(fixture.exchange("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_CASE("bodies of all connections together are bounded") {
  Fixture fixture;
  fixture.limits.bodies_max = 100;
  auto slow = fixture.connect();
  slow.send("POST / HTTP/1.1\r\nContent-Length: 90\r\n\r\n" + std::string(80, 'a'));
  fixture.memory.loop.settle();
  const auto large = "POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\n" + std::string(50, 'b');
  CHECK(fixture.exchange(large).starts_with("HTTP/1.1 503"));
  slow.send(std::string(10, 'a'));
  fixture.memory.loop.settle();
  CHECK(slow.received().starts_with("HTTP/1.1 200"));
  fixture.memory.loop.advance(2s);
  CHECK(fixture.exchange(large).starts_with("HTTP/1.1 200"));
  CHECK(fixture.service->bodies == 0);
}

TEST_CASE("a slow handler holds up its own client and nobody else") {
  Fixture fixture;
  mesh::Event gate(fixture.memory.loop);
  fixture.echo->gate = &gate;
  auto waiting = fixture.connect();
  waiting.send("GET /slow HTTP/1.1\r\n\r\n");
  fixture.memory.loop.advance(30s);
  CHECK(waiting.received().empty());
  gate.set();
  fixture.memory.loop.settle();
  CHECK(waiting.received().starts_with("HTTP/1.1 200"));
}

TEST_CASE("stopping closes every connection") {
  Fixture fixture;
  auto client = fixture.connect();
  client.send("GET / HTTP/1.1\r\n");
  fixture.memory.loop.settle();
  fixture.service->stop();
  fixture.memory.loop.settle();
  CHECK(client.closed());
  CHECK(fixture.memory.loop.tasks() == 0);
}

TEST_CASE("random bytes never bring the service down") {
  Fixture fixture;
  SeededEntropy entropy(7);
  const std::string seeds[] = {
      "POST /_bulk HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"};
  for (int round = 0; round < 1500; ++round) {
    std::string text = seeds[round % 2];
    for (int change = 0; change < 1 + round % 6; ++change) {
      const auto draw = entropy.number();
      text[draw % text.size()] = char(draw >> 32);
    }
    auto client = fixture.connect();
    client.send(text);
    fixture.memory.loop.settle();
    client.finish();
    fixture.memory.loop.settle();
  }
  fixture.memory.loop.advance(2min);
  CHECK(fixture.memory.loop.tasks() == 0);
  CHECK(fixture.service->bodies == 0);
}

TEST_CASE("attack 28: a cross-origin POST from a web page is refused and reaches no handler") {
  Fixture fixture;
  const auto answer = fixture.exchange(
      "POST / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(answer.starts_with("HTTP/1.1 403"));
  CHECK(fixture.echo->seen.empty());
}
