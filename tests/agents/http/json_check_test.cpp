#include "agents/http/json_check.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

TEST_CASE("the kind of one JSON value is told") {
  CHECK(check_json(R"( {"a": [1, 2.5, "x", null, true]} )").value() == JsonKind::object);
  CHECK(check_json("[1]\n").value() == JsonKind::array);
  CHECK(check_json("7").value() == JsonKind::other);
}

TEST_CASE("what is no single JSON value is refused with its place") {
  for (const auto* text : {"", "  ", "{", "{\"a\":}", "{} {}", "nope", "{\"a\":\"\xff\"}", "[1,]"})
    CHECK_FALSE(check_json(text).has_value());
  CHECK(check_json("{\"a\":}").error().message.find("byte 6") != std::string::npos);
}

TEST_CASE("nesting a hundred thousand deep ends at the bound") {
  const auto result = check_json(std::string(100'000, '['));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.find("deeper than 64") != std::string::npos);
  CHECK(check_json(std::string(64, '[') + std::string(64, ']')).has_value());
}
