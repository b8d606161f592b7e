#include "playbooks/detect/indicator_index.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
const Confirm always = [](std::uint32_t, IndicatorType, std::string_view) { return true; };
}

TEST_CASE("what is inserted is found until it is removed") {
  tests::SeededEntropy entropy(1);
  IndicatorIndex index(entropy);
  const std::pair<IndicatorType, std::string> values[] = {
      {IndicatorType::ipv4, "203.0.113.7"},     {IndicatorType::ipv6, "2001:db8::1"},
      {IndicatorType::cidr, "203.0.113.0/24"},  {IndicatorType::domain, "evil.example"},
      {IndicatorType::url, "http://a.example/"}, {IndicatorType::sha256, std::string(64, 'a')},
      {IndicatorType::sha1, std::string(40, 'a')}, {IndicatorType::md5, std::string(32, 'a')},
      {IndicatorType::email, "m@evil.example"}};
  std::uint32_t ordinal = 0;
  for (const auto& [type, value] : values) {
    REQUIRE(index.insert(ordinal, type, value));
    CHECK(index.find(type, value, always) == std::vector{ordinal});
    CHECK(index.size(type) == 1);
    ++ordinal;
  }
  CHECK(index.size() == 9);
  CHECK(index.bytes() > 0);
  ordinal = 0;
  for (const auto& [type, value] : values) {
    CHECK(index.remove(ordinal, type, value));
    CHECK_FALSE(index.remove(ordinal, type, value));
    CHECK(index.find(type, value, always).empty());
    ++ordinal;
  }
}

TEST_CASE("the full value decides, not the fingerprint") {
  tests::SeededEntropy entropy(1);
  IndicatorIndex index(entropy);
  REQUIRE(index.insert(5, IndicatorType::domain, "evil.example"));
  const Confirm never = [](std::uint32_t, IndicatorType, std::string_view) { return false; };
  CHECK(index.find(IndicatorType::domain, "evil.example", never).empty());
}

TEST_CASE("what cannot be looked up is refused") {
  tests::SeededEntropy entropy(1);
  IndicatorIndex index(entropy);
  CHECK(index.insert(1, IndicatorType::pattern, "[a:b = 'c']").error().code == Errc::unsupported);
  CHECK(index.insert(1, IndicatorType::ipv4, "x").error().code == Errc::invalid);
  CHECK(index.insert(1, IndicatorType::ipv4, "2001:db8::1").error().code == Errc::invalid);
  CHECK(index.insert(1, IndicatorType::cidr, "203.0.113.7").error().code == Errc::invalid);
  CHECK(index.insert(1, IndicatorType::domain, "").error().code == Errc::invalid);
  for (std::uint32_t i = 0; i < IndicatorIndex::same_value_max; ++i)
    REQUIRE(index.insert(i, IndicatorType::domain, "evil.example"));
  CHECK(index.insert(99, IndicatorType::domain, "evil.example").error().code == Errc::full);
}
