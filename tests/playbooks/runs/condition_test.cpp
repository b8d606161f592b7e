#include "playbooks/runs/condition.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {

TEST_CASE("conditions compare text, numbers and variables") {
  const std::map<std::string, std::string> values{{"__a__", "10"}, {"__b__", "true"}};
  const auto holds = [&](std::string_view text) {
    const auto condition = parse_condition(text);
    REQUIRE(condition);
    const auto out = evaluate(*condition, values);
    REQUIRE(out);
    return *out;
  };
  CHECK(holds("__a__:value = '10'"));
  CHECK(holds("__a__:value > 9"));
  CHECK_FALSE(holds("__a__:value < 9"));
  CHECK(holds("__b__:value = true AND __a__:value <= 10"));
  CHECK(holds("__b__:value != true OR __a__:value >= 10"));
  CHECK(holds("1 = 1 OR 1 = 2 AND 1 = 3"));
}

TEST_CASE("what is not offered in conditions is refused with its place") {
  for (const auto* bad : {"", "__a__:value", "__a__:value =", "NOT 1 = 1", "(1 = 1)", "1 = 'x",
                          "__a__:value MATCHES 'x'", "1 = 1 AND", "1 = 1 XOR 2 = 2", "a = 1"})
    CHECK_FALSE(parse_condition(bad));
  const auto condition = parse_condition("__missing__:value = 1");
  REQUIRE(condition);
  CHECK_FALSE(evaluate(*condition, {}));
}

}  // namespace tocsin::playbooks
