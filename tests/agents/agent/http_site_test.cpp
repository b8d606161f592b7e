#include "agents/agent/http_site.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

namespace {

mesh::Task<Result<std::string>> get(mesh::World& world, std::string address, std::string path) {
  mesh::Address to{address};
  auto stream = co_await world.network.connect(std::move(to), std::chrono::seconds(5));
  if (!stream) co_return std::unexpected(stream.error());
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
  const auto sent = co_await (*stream)->write(bytes_of(request), std::chrono::seconds(5));
  if (!sent) co_return std::unexpected(sent.error());
  std::string out;
  std::array<std::uint8_t, 4096> buffer;
  for (;;) {
    const auto read = co_await (*stream)->read_some(buffer, std::chrono::seconds(5));
    if (!read || *read == 0) break;
    out.append(text_of(ByteView(buffer).first(*read)));
  }
  co_return out;
}

}  // namespace

TEST_CASE("firewalls poll the block list, and nothing else is there") {
  Federation federation;
  federation.start("delos", "[http]\nlisten = \"127.0.0.1:0\"\n");
  const auto address = Federation::text(federation.call("delos", "agent.status"), "http");
  const auto page = [&](std::string path) {
    auto text = federation.machine().complete(get(federation.world(), address, std::move(path)));
    REQUIRE(text);
    return *text;
  };
  CHECK(page("/edl/edl").starts_with("HTTP/1.1 200"));
  CHECK(page("/edl/none").starts_with("HTTP/1.1 404"));
  CHECK(page("/health").find("\"ok\":true") != std::string::npos);
  CHECK(page("/").starts_with("HTTP/1.1 404"));
}
