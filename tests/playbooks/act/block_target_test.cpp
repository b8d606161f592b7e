#include "playbooks/act/block_target.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {

TEST_CASE("a target becomes one canonical value of a known type") {
  const auto text = [](std::string_view in) {
    const auto target = block_target(in);
    return target ? fmt::format("{} {}", mesh::name_of(target->type), target->value)
                  : std::string("-");
  };
  CHECK(text("192.0.2.7") == "ipv4 192.0.2.7");
  CHECK(text("2001:DB8::1") == "ipv6 2001:db8::1");
  CHECK(text("192.0.2.7/24") == "cidr 192.0.2.0/24");
  CHECK(text("C2.Example.NET.") == "domain c2.example.net");
  CHECK(text("https://c2.example.net/a?b=1") == "url https://c2.example.net/a?b=1");
  for (const auto* bad :
       {"", "localhost", "a..b", "-a.example", "a-.example", "example.1", "$(rm -rf).net",
        "a.net;b", "a.net\n", "--flag", "http://a/`id`", "ftp://a.net", "a b.net", "*.a.net"})
    CHECK(text(bad) == "-");
}

TEST_CASE("the host of a URL is found behind user and before port") {
  CHECK(url_host("https://user@c2.example.net:8443/x") == "c2.example.net");
  CHECK(url_host("http://[2001:db8::1]:80/") == "2001:db8::1");
  CHECK(url_host("c2.example.net") == "c2.example.net");
}

}  // namespace tocsin::playbooks
