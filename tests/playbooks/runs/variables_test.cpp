#include "playbooks/runs/variables.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {

TEST_CASE("values have the form of their type or are refused") {
  const auto ok = [](VariableType type, std::string_view value) {
    return check_value(type, value).has_value();
  };
  CHECK(ok(VariableType::string, "c2.example.net"));
  CHECK(ok(VariableType::string, "two words, 50%"));
  CHECK(ok(VariableType::integer, "-17"));
  CHECK_FALSE(ok(VariableType::integer, "1e3"));
  CHECK(ok(VariableType::boolean, "true"));
  CHECK_FALSE(ok(VariableType::boolean, "yes"));
  CHECK(ok(VariableType::ipv4_addr, "192.0.2.7"));
  CHECK_FALSE(ok(VariableType::ipv4_addr, "192.0.2.0/24"));
  CHECK(ok(VariableType::ipv6_addr, "2001:db8::1"));
  CHECK(*check_value(VariableType::domain_name, "C2.Example.net") == "c2.example.net");
  CHECK_FALSE(ok(VariableType::domain_name, "192.0.2.7"));
  CHECK(ok(VariableType::uri, "https://example.net/x"));
  CHECK_FALSE(ok(VariableType::uri, "file:///etc/passwd"));
  CHECK(ok(VariableType::uuid, "7f0c5a52-1d0e-4b7c-9b63-2f8f6d4c1a90"));
  CHECK(ok(VariableType::md5_hash, std::string(32, 'a')));
  CHECK_FALSE(ok(VariableType::sha256_hash, std::string(63, 'a')));
  CHECK_FALSE(ok(VariableType::string, std::string(2000, 'a')));
}

TEST_CASE("references are found and filled in once") {
  CHECK(references_in("block __a__:value and __b_c__:value, not _x_:value").size() == 2);
  const std::map<std::string, std::string> values{{"__a__", "__b__:value"}, {"__b__", "2"}};
  CHECK(*fill_in("<__a__:value|__b__:value>", values) == "<__b__:value|2>");
  CHECK_FALSE(fill_in("__c__:value", values));
  CHECK(variable_name("a") == "__a__");
  CHECK(variable_name("__a__") == "__a__");
}

}  // namespace tocsin::playbooks
