#include "crypto/strict_json.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

boost::json::value parsed(std::string_view text) {
  return *parse_signed_json(text, 1000, "it");
}

}  // namespace

TEST_CASE("a signed document is one whole JSON text within its limits") {
  CHECK(parse_signed_json(" {} \n", 100, "it"));
  for (const auto* bad : {"", "{", "{} {}", "{},", "nul", "{\"a\":\"\xff\"}", "{'a':1}"})
    CHECK(parse_signed_json(bad, 100, "it").error().code == Errc::invalid);
  CHECK(parse_signed_json("[1]", 2, "it").error().code == Errc::too_large);
  const std::string deep(signed_json_depth_max + 1, '[');
  CHECK(parse_signed_json(deep + std::string(deep.size(), ']'), 100, "it").error().code ==
        Errc::invalid);
}

TEST_CASE("each field is taken once and what nobody takes is refused") {
  const auto value = parsed(R"({"name":"x","n":3,"on":true,"list":[1,2]})");
  StrictFields fields(value, "it");
  CHECK(fields.text("name", 10) == "x");
  CHECK(fields.number("n", 1, 3) == 3);
  CHECK(fields.flag("on"));
  CHECK(fields.finish().error().message == "it: unknown key 'list'");
  CHECK(fields.list("list", 2).size() == 2);
  CHECK(fields.finish());
}

TEST_CASE("the first fault is kept and named") {
  const auto first = [](std::string_view json, auto read) {
    const auto value = parsed(json);
    StrictFields fields(value, "it");
    read(fields);
    fields.flag("absent");
    return fields.finish().error().message;
  };
  CHECK(first("{}", [](auto& f) { f.text("a", 9); }) == "it: 'a' is missing");
  CHECK(first(R"({"a":1})", [](auto& f) { f.text("a", 9); }) ==
        "it: 'a' must be a string");
  CHECK(first(R"({"a":"\n"})", [](auto& f) { f.text("a", 9); }) ==
        "it: 'a' must be text of 1 to 9 bytes without control characters");
  CHECK(first(R"({"a":4})", [](auto& f) { f.number("a", 1, 3); }) ==
        "it: 'a' must be a whole number from 1 to 3");
  CHECK(first(R"({"a":1.0})", [](auto& f) { f.number("a", 1, 3); }) ==
        "it: 'a' must be a whole number from 1 to 3");
  CHECK(first(R"({"a":0})", [](auto& f) { f.flag("a"); }) ==
        "it: 'a' must be true or false");
  CHECK(first(R"({"a":{}})", [](auto& f) { f.list("a", 3); }) ==
        "it: 'a' must be an array");
  CHECK(first(R"({"a":[1,2]})", [](auto& f) { f.list("a", 1); }) ==
        "it: 'a' has 2 entries, limit 1");
  CHECK(first(R"({"a":"AAAA"})", [](auto& f) { f.template fixed<Digest>("a"); }) ==
        "it: 'a' must be base64 of 32 bytes");
  CHECK(first("[]", [](auto&) {}) == "it: must be an object");
}
