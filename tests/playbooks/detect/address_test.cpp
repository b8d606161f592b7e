#include "playbooks/detect/address.hpp"

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

namespace {
std::string round(std::string_view text) {
  const auto address = parse_address(text);
  return address ? to_text(*address) : "none";
}
std::string network(std::string_view text) {
  const auto found = parse_network(text);
  return found ? to_text(*found) : "none";
}
}  // namespace

TEST_CASE("an IPv4 address is four plain octets and nothing else") {
  CHECK(round("203.0.113.7") == "203.0.113.7");
  CHECK(round("0.0.0.0") == "0.0.0.0");
  for (const auto* bad : {"203.0.113", "203.0.113.256", "203.0.113.07", "203.0.113.7.1", "1..2.3",
                          "1.2.3.4 ", "0x1.2.3.4", "", "....", "1.2.3.1000"})
    CHECK(round(bad) == "none");
}

// Source: RFC 5952, section 4.
TEST_CASE("an IPv6 address has one text form") {
  CHECK(round("2001:0DB8::0001") == "2001:db8::1");
  CHECK(round("2001:db8:0:0:0:0:2:1") == "2001:db8::2:1");
  CHECK(round("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");
  CHECK(round("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");
  CHECK(round("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");
  CHECK(round("::") == "::");
  CHECK(round("::1") == "::1");
  CHECK(round("1::") == "1::");
  CHECK(round("::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(round("64:ff9b::203.0.113.7") == "64:ff9b::cb00:7107");
  for (const auto* bad : {":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::",
                          "g::", "1:2:3:4:5:6:7::8:9", "fe80::1%eth0", "1:", ":1"})
    CHECK(round(bad) == "none");
}

TEST_CASE("a network is masked to its prefix") {
  CHECK(network("203.0.113.77/24") == "203.0.113.0/24");
  CHECK(network("203.0.113.77/32") == "203.0.113.77/32");
  CHECK(network("203.0.113.77/0") == "0.0.0.0/0");
  CHECK(network("203.0.113.255/25") == "203.0.113.128/25");
  CHECK(network("2001:db8:ffff::1/33") == "2001:db8:8000::/33");
  CHECK(network("2001:db8::1/128") == "2001:db8::1/128");
  CHECK(network("::ffff:203.0.113.7/120") == "203.0.113.0/24");
  for (const auto* bad : {"203.0.113.0/33", "203.0.113.0/", "203.0.113.0/-1", "203.0.113.0/024",
                          "2001:db8::/129", "x/8", "203.0.113.0"})
    CHECK(network(bad) == "none");
}
