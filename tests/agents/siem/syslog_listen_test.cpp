#include "agents/siem/syslog_listen.hpp"

#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

using Texts = std::vector<std::string>;

TEST_CASE("syslog over TCP hands over frames of every connection and counts bad ones") {
  InputFixture fixture(InputKind::syslog_tcp);
  fixture.config.event_bytes_max = 100;
  auto first = fixture.connect(), second = fixture.connect();
  first.send("<13>a\n");
  second.send("5 <13>b" + std::string(200, 'x') + "\n");
  fixture.memory.loop.settle();
  first.send("<13>c");
  first.finish();
  fixture.memory.loop.settle();
  CHECK(fixture.sink.events == Texts{"<13>a", "<13>b", "<13>c"});
  CHECK(fixture.input->status().events == 3);
  CHECK(fixture.input->status().reasons.at("frame too large") == 1);
  second.send("<13>d\n");
  fixture.memory.loop.settle();
  CHECK(fixture.sink.events.back() == "<13>d");
}

TEST_CASE("a TCP source waits while the sink does, and nothing is lost when the sink is full") {
  InputFixture fixture(InputKind::syslog_tcp);
  fixture.sink.failing = Error{Errc::full, "busy", {}};
  auto client = fixture.connect();
  client.send("<13>a\n<13>b\n");
  fixture.memory.loop.advance(1s);
  client.send("<13>c\n");
  fixture.memory.loop.advance(1s);
  CHECK(fixture.sink.events.empty());
  CHECK(client.to->bytes.size() == 6);  // Not even read.
  fixture.sink.failing.reset();
  fixture.memory.loop.advance(1s);
  CHECK(fixture.sink.events == Texts{"<13>a", "<13>b", "<13>c"});
}

TEST_CASE("a stream that makes no sense is closed, others go on") {
  InputFixture fixture(InputKind::syslog_tcp);
  auto bad = fixture.connect(), good = fixture.connect();
  bad.send("999999999 <13>x");
  good.send("<13>y\n");
  fixture.memory.loop.settle();
  CHECK(bad.closed());
  CHECK(fixture.sink.events == Texts{"<13>y"});
}

TEST_CASE("a full house closes the connection that was silent longest") {
  InputFixture fixture(InputKind::syslog_tcp);
  std::vector<Client> clients;
  for (std::size_t i = 0; i < input_connections_max; ++i) clients.push_back(fixture.connect());
  fixture.memory.loop.advance(1s);
  auto early = fixture.connect();
  fixture.memory.loop.settle();
  CHECK(early.closed());
  CHECK(fixture.input->status().reasons.at("too many connections") == 1);

  fixture.memory.loop.advance(2min);
  for (std::size_t i = 1; i < clients.size(); ++i) clients[i].send("<13>alive\n");
  fixture.memory.loop.settle();
  auto late = fixture.connect();
  late.send("<13>late\n");
  fixture.memory.loop.settle();
  CHECK(clients[0].closed());
  CHECK_FALSE(clients[1].closed());
  CHECK(fixture.sink.events.back() == "<13>late");
}

TEST_CASE("syslog over UDP takes one event per datagram") {
  InputFixture fixture(InputKind::syslog_udp);
  fixture.start();
  fixture.memory.network.datagram(fixture.config.listen, "<13>a\n");
  fixture.memory.network.datagram(fixture.config.listen, "\n");
  fixture.memory.network.datagram(fixture.config.listen, "<13>b\nstill b");
  fixture.memory.loop.settle();
  CHECK(fixture.sink.events == Texts{"<13>a", "<13>b\nstill b"});
  CHECK(fixture.input->status().reasons.at("empty datagram") == 1);
}

TEST_CASE("destroying a syslog input ends its coroutines") {
  for (const auto kind : {InputKind::syslog_tcp, InputKind::syslog_udp}) {
    InputFixture fixture(kind);
    fixture.start();
    if (kind == InputKind::syslog_tcp) fixture.connect().send("<13>half");
    fixture.memory.loop.settle();
    fixture.input.reset();
    fixture.memory.loop.settle();
    CHECK(fixture.memory.loop.tasks() == 0);
  }
}
