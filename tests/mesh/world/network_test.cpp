#include "mesh/world/network.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("addresses of every kind are read") {
  for (const auto* text : {"127.0.0.1:7700", "localhost:0", "agent-1.delos.example:65535",
                           "[::1]:80", "[fe80::1]:1", "unix:/run/tocsin/agent.sock"}) {
    CAPTURE(text);
    CHECK(parse_address(text).value().text == text);
  }
  const auto v6 = host_and_port({"[2001:db8::1]:7700"}).value();
  CHECK(v6.host == "2001:db8::1");
  CHECK(v6.port == 7700);
}

TEST_CASE("what is no address is refused") {
  for (const auto* text : {"", ":", "host", "host:", ":80", "host:65536", "host:-1",
                           "host:80x", "host:99999999999", "::1:80", "[]:80", "[host]:80",
                           "a b:80", "a/b:80", "unix:"}) {
    CAPTURE(text);
    const auto address = parse_address(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().code == Errc::invalid);
  }
  CHECK_FALSE(parse_address("unix:/" + std::string(107, 'x')));
  CHECK_FALSE(parse_address(std::string(300, 'x') + ":80"));
}
