#include "agents/drill/feed.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;

namespace {

/// Answers one connection with `answer` once it has read the head of the request.
mesh::Task<> answer_once(std::unique_ptr<mesh::Listener> listener, std::string answer,
                         std::string& seen) {
  auto stream = co_await listener->accept();
  if (!stream) co_return;
  Bytes part(64 * 1024);
  auto reading = (*stream)->read_some(part, std::chrono::seconds(5));
  const auto count = co_await std::move(reading);
  if (count) seen.append(text_of(ByteView(part).first(*count)));
  const auto bytes = bytes_of(answer);
  auto writing = (*stream)->write(bytes, std::chrono::seconds(5));
  co_await std::move(writing);
  (*stream)->close();
}

struct Server {
  explicit Server(std::string answer) {
    auto listener = machine.world().network.listen({"127.0.0.1:0"});
    REQUIRE(listener);
    at = (*listener)->address();
    machine.loop().spawn(answer_once(std::move(*listener), std::move(answer), seen));
  }
  Result<void> fed(InjectKind kind, std::vector<std::string> lines) {
    return machine.complete(feed(machine.world().network, at, kind, std::move(lines)));
  }
  mesh::RealWorld machine;
  std::string seen;
  mesh::Address at;
};

}  // namespace

TEST_CASE("lines are repeated with the time and their number filled in, up to a bound") {
  const WallTime now{1'795'399'920'000};
  const auto lines = feed_lines({"{now} login {n} of {n}", "plain"}, 2, now);
  CHECK(lines == std::vector<std::string>{"2026-11-23T02:12:00.000Z login 1 of 1", "plain",
                                          "2026-11-23T02:12:00.000Z login 2 of 2", "plain"});
  CHECK(feed_lines({"a"}, 0, now).size() == 1);
  CHECK(feed_lines({"a", "b"}, 1'000'000, now).size() == feed_lines_max);
}

TEST_CASE("syslog lines are octet-counted, so that a line may hold anything") {
  CHECK(feed_bytes(InjectKind::syslog, {"<34>1 a", "b\nc"}) == "7 <34>1 a3 b\nc");
}

TEST_CASE("each HTTP input gets its own path and shape, of the length that it states") {
  const std::tuple<InjectKind, std::string_view, std::string_view> cases[] = {
      {InjectKind::ndjson, "POST / HTTP/1.1\r\n", "{\"a\":1}\n{\"b\":2}\n"},
      {InjectKind::bulk, "POST /_bulk HTTP/1.1\r\n",
       "{\"create\":{\"_index\":\"events\"}}\n{\"a\":1}\n{\"create\":{\"_index\":\"events\"}}\n"
       "{\"b\":2}\n"},
      {InjectKind::hec, "POST /services/collector/event HTTP/1.1\r\n",
       "{\"event\":{\"a\":1}}\n{\"event\":{\"b\":2}}\n"}};
  for (const auto& [kind, head, body] : cases) {
    const auto bytes = feed_bytes(kind, {"{\"a\":1}", "{\"b\":2}"});
    INFO(bytes);
    CHECK(bytes.starts_with(head));
    CHECK(bytes.ends_with(fmt::format("\r\n\r\n{}", body)));
    CHECK(bytes.find(fmt::format("Content-Length: {}\r\n", body.size())) != std::string::npos);
    CHECK((bytes.find("Authorization: Splunk ") != std::string::npos) == (kind == InjectKind::hec));
  }
}

TEST_CASE("the status is read from the first line, and from nothing else") {
  CHECK(status_of("HTTP/1.1 200 OK\r\n") == 200);
  CHECK(status_of("HTTP/1.0 503") == 503);
  for (const auto* text : {"", "HTTP/1.1", "HTTP/1.1 2x0 OK", "SSH-2.0-OpenSSH", "HTTP/2 200 OK"})
    CHECK_FALSE(status_of(text));
}

TEST_CASE("an answer of 200 is taken; another status or a bulk error is refused") {
  Server good("HTTP/1.1 200 OK\r\n\r\n{\"errors\":false}");
  CHECK(good.fed(InjectKind::bulk, {"{}"}));
  CHECK(good.seen.starts_with("POST /_bulk"));
  Server rejects("HTTP/1.1 200 OK\r\n\r\n{\"errors\":true}");
  const auto rejected = rejects.fed(InjectKind::bulk, {"{}"});
  REQUIRE_FALSE(rejected);
  CHECK(rejected.error().code == Errc::refused);
  Server busy("HTTP/1.1 503 Busy\r\n\r\n");
  const auto refused = busy.fed(InjectKind::hec, {"{}"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::refused);
  CHECK(refused.error().message.find("503") != std::string::npos);
}

TEST_CASE("syslog is sent without waiting for an answer, and to nobody it is unreachable") {
  Server server("");
  CHECK(server.fed(InjectKind::syslog, {"<34>1 a"}));
  mesh::RealWorld machine;
  auto listener = machine.world().network.listen({"127.0.0.1:0"});
  REQUIRE(listener);
  const auto gone = (*listener)->address();
  listener->reset();
  for (const auto kind : {InjectKind::syslog, InjectKind::ndjson}) {
    const auto fed = machine.complete(feed(machine.world().network, gone, kind, {"{}"}));
    REQUIRE_FALSE(fed);
    CHECK(fed.error().code == Errc::unreachable);
  }
}

TEST_CASE("a page's body is what comes after its head") {
  Server server("HTTP/1.1 200 OK\r\nX: y\r\n\r\nevil.example\n\r\n\r\nmore");
  const auto page =
      server.machine.complete(fetch(server.machine.world().network, server.at, "/edl/edl"));
  REQUIRE(page);
  CHECK(*page == "evil.example\n\r\n\r\nmore");
  CHECK(server.seen.starts_with("GET /edl/edl HTTP/1.1\r\n"));
}
