#include "playbooks/detect/canonical.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
std::string guess(std::string_view text) {
  const auto out = guess_type(text);
  return out ? std::string(mesh::name_of(out->type)) + " " + out->value : "none";
}
}  // namespace

TEST_CASE("defanged values are refanged") {
  CHECK(*canonical(IndicatorType::domain, "evil[.]example") == "evil.example");
  CHECK(*canonical(IndicatorType::domain, "evil(dot)example") == "evil.example");
  CHECK(*canonical(IndicatorType::domain, "Evil[DOT]example") == "evil.example");
  CHECK(*canonical(IndicatorType::ipv4, " 203[.]0[.]113[.]7 ") == "203.0.113.7");
  CHECK(*canonical(IndicatorType::ipv6, "2001[:]db8[:][:]1") == "2001:db8::1");
  CHECK(*canonical(IndicatorType::url, "hXXps://evil[.]example/a") == "https://evil.example/a");
  CHECK(*canonical(IndicatorType::url, "hxxp[:]//evil.example/a") == "http://evil.example/a");
  CHECK(*canonical(IndicatorType::email, "m[@]evil[.]example") == "m@evil.example");
  CHECK(*canonical(IndicatorType::domain, "hxxp-out.evil.example") == "hxxp-out.evil.example");
  CHECK(*canonical(IndicatorType::domain, "fxp.evil.example") == "fxp.evil.example");
}

TEST_CASE("hashes have their exact length and are lowered") {
  const std::string hex = "0123456789ABCDEFabcdef0123456789";
  CHECK(*canonical(IndicatorType::md5, hex) == "0123456789abcdefabcdef0123456789");
  CHECK(canonical(IndicatorType::sha1, hex + "01234567"));
  CHECK(canonical(IndicatorType::sha256, hex + hex));
  CHECK_FALSE(canonical(IndicatorType::sha1, hex));
  CHECK_FALSE(canonical(IndicatorType::md5, "g" + hex.substr(1)));
}

TEST_CASE("an address listed as the wrong kind is refused with what to do") {
  CHECK_FALSE(canonical(IndicatorType::ipv4, "2001:db8::1"));
  CHECK_FALSE(canonical(IndicatorType::ipv6, "203.0.113.7"));
  const auto mapped = canonical(IndicatorType::ipv6, "::ffff:203.0.113.7");
  REQUIRE_FALSE(mapped);
  CHECK(mapped.error().message.find("list it as ipv4") != std::string::npos);
  CHECK(*canonical(IndicatorType::cidr, "203.0.113.9/24") == "203.0.113.0/24");
  CHECK_FALSE(canonical(IndicatorType::cidr, "203.0.113.9"));
}

TEST_CASE("a pattern is kept as it is and must pair") {
  const std::string pattern = "[domain-name:value = 'Evil]Example'] AND [url:value = 'x']";
  CHECK(*canonical(IndicatorType::pattern, pattern) == pattern);
  CHECK_FALSE(canonical(IndicatorType::pattern, "[domain-name:value = 'x'"));
  CHECK_FALSE(canonical(IndicatorType::pattern, "[domain-name:value = 'x]"));
  CHECK_FALSE(canonical(IndicatorType::pattern, "evil.example"));
}

TEST_CASE("the type of a value can be told from it") {
  CHECK(guess("203[.]0.113.7") == "ipv4 203.0.113.7");
  CHECK(guess("::ffff:203.0.113.7") == "ipv4 203.0.113.7");
  CHECK(guess("2001:DB8::1") == "ipv6 2001:db8::1");
  CHECK(guess("203.0.113.7/24") == "cidr 203.0.113.0/24");
  CHECK(guess("EVIL.example") == "domain evil.example");
  CHECK(guess("hxxp://evil.example") == "url http://evil.example/");
  CHECK(guess("m@evil.example") == "email m@evil.example");
  CHECK(guess(std::string(40, 'A')) == "sha1 " + std::string(40, 'a'));
  CHECK(guess("[url:value = 'http://x.example/']") == "pattern [url:value = 'http://x.example/']");
  for (const auto* bad : {"", "  ", "hello", "evil example", "203.0.113.256", "../etc", "a@b", "\xff"})
    CHECK(guess(bad) == "none");
}

TEST_CASE("what is canonical stays as it is") {
  for (const auto* text : {"EVIL[.]example.", "hxxps://A.example:443?x", "2001:DB8:0:0::1",
                           "10.1.2.3/8", "M@BÜCHER.example", "203.0.113.7"}) {
    const auto once = guess_type(text);
    REQUIRE(once);
    const auto twice = canonical(once->type, once->value);
    REQUIRE(twice);
    CHECK(*twice == once->value);
  }
}

TEST_CASE("a value beyond its bound is refused before any work") {
  const auto out = canonical(IndicatorType::url, "http://a.example/" + std::string(5000, 'x'));
  REQUIRE_FALSE(out);
  CHECK(out.error().code == Errc::too_large);
}
