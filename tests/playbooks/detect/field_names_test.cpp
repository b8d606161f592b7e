#include "playbooks/detect/field_names.hpp"

#include <fmt/format.h>

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

namespace {
// As a key stands in JSON, with room behind it.
std::string raw(std::string_view key) { return std::string(key) + "\"" + std::string(64, ' '); }
}  // namespace

TEST_CASE("a name is remembered below its parent") {
  FieldNames names(100);
  const auto destination = names.below(0, "destination");
  const auto ip = names.below(destination, "ip");
  CHECK(names.name(ip) == "destination.ip");
  CHECK(names.kind(ip) == ValueKind::address);
  CHECK(names.below(0, "ip") != ip);
  CHECK(names.below(destination, "ip") == ip);
}

TEST_CASE("what followed last time is expected next, and only that") {
  FieldNames names(100);
  const auto a = names.below(0, "a");
  const auto b = names.below(0, "a_long_key_of_more_than_eight");
  names.below(0, "a");
  CHECK(names.expected(0, raw("a_long_key_of_more_than_eight").c_str()) == b);
  names.below(0, "a");
  CHECK(names.expected(0, raw("a_long_key_of_more_than_eighth").c_str()) == FieldNames::none);
  CHECK(names.expected(0, raw("a_long_key_of_more_than_eigh").c_str()) == FieldNames::none);
  CHECK(names.expected(a, raw("a_long_key_of_more_than_eight").c_str()) == FieldNames::none);
}

TEST_CASE("only so many names are remembered") {
  FieldNames names(1000);
  std::uint32_t last = 1;
  for (int i = 0; i < 2000; ++i) last = names.below(0, "key" + std::to_string(i));
  CHECK(last == FieldNames::none);
  CHECK(names.size() == 1000);
  CHECK(names.name(names.below(0, "key7")) == "key7");
}

TEST_CASE("keys that all have one hash are looked for at a few places only") {
  FieldNames names(10'000);
  const auto key = [](int i) { return fmt::format("the same {:08} at both ends", i); };
  for (int i = 0; i < 5000; ++i) {
    const auto id = names.below(0, key(i));
    if (id != FieldNames::none) CHECK(names.name(id) == key(i));
  }
  CHECK(names.size() <= FieldNames::probes_max + 1);
  CHECK(names.below(0, key(0)) != FieldNames::none);
  CHECK(names.below(0, "another") != FieldNames::none);
}

TEST_CASE("neither a long name nor all of them together fill the memory") {
  FieldNames names(100'000);
  CHECK(names.below(0, std::string(FieldNames::name_bytes_max, 'a')) == FieldNames::none);
  const auto parent = names.below(0, std::string(FieldNames::name_bytes_max - 10, 'a'));
  REQUIRE(parent != FieldNames::none);
  CHECK(names.below(parent, "much too long") == FieldNames::none);
  for (int i = 0; i < 20'000; ++i) names.below(parent, "b" + std::to_string(i));
  CHECK(names.size() < 4200);  // A thousand bytes each.
  CHECK(names.below(0, "c") != FieldNames::none);
}
