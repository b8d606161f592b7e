#include "playbooks/detect/import_json.hpp"

#include <boost/json.hpp>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

TEST_CASE("nesting is checked before anything is parsed") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(JsonText::make(nested(64)));
  CHECK_FALSE(JsonText::make(nested(65)));
  CHECK_FALSE(JsonText::make(nested(100000)));
  CHECK(JsonText::make("[\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '[') + "\"]"));
}

TEST_CASE("broken documents are errors, not crashes") {
  const EachObject ignore = [](const boost::json::object&) -> Result<void> { return {}; };
  MispVisitor visitor{ignore, ignore, ignore};
  for (const auto* text : {"", "{", "[", "1", "{\"objects\":[{\"a\":]}", "[{\"a\":1},{\"b\"",
                           "{\"Event\":{\"Attribute\":[{\"a\":]}}", "\"x\""}) {
    const auto json = JsonText::make(text);
    REQUIRE(json);
    INFO(text);
    CHECK_FALSE((each_stix_object(*json, ignore) && each_misp_object(*json, visitor)));
  }
}

TEST_CASE("an error of the receiver ends the walk") {
  const auto json = JsonText::make(R"({"objects":[{"a":1},{"a":2}]})");
  int calls = 0;
  const auto done = each_stix_object(*json, [&](const boost::json::object&) -> Result<void> {
    ++calls;
    return fail(Errc::full, "enough");
  });
  CHECK(done.error().code == Errc::full);
  CHECK(calls == 1);
}

TEST_CASE("text is read where it is text") {
  const auto in = boost::json::parse(R"({"a":"x","b":1})").as_object();
  CHECK(text_at(in, "a") == "x");
  CHECK(text_at(in, "b").empty());
  CHECK(text_at(in, "c").empty());
}
