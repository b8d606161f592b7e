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

TEST_CASE("a document that is cut at any byte is an error, after what came before it") {
  const EachObject ignore = [](const boost::json::object&) -> Result<void> { return {}; };
  const MispVisitor visitor{ignore, ignore, ignore};
  const std::string misp =
      R"({"Event": {"uuid": "e", "info": "x", "Tag": [{"name": "t"}], "Attribute": [{"type": "domain",)"
      R"( "value": "a.example"}, {"type": "md5", "to_ids": true}], "Object": [{"Attribute": [{}]}]}})";
  const std::string stix = R"({"type": "bundle", "objects": [{"type": "x", "n": [1, 2]}, {"a": 1}]})";
  for (std::size_t size = 0; size < misp.size() - 1; ++size) {
    const auto json = JsonText::make(misp.substr(0, size));
    REQUIRE(json);
    INFO(json->view());
    CHECK_FALSE(each_misp_object(*json, visitor));
  }
  for (std::size_t size = 0; size < stix.size() - 1; ++size) {
    const auto json = JsonText::make(stix.substr(0, size));
    REQUIRE(json);
    INFO(json->view());
    // Where the list of objects has ended, everything that matters has been read.
    CHECK_FALSE(each_stix_object(*json, ignore));
  }
}

TEST_CASE("JSON of another kind is no empty import") {
  const EachObject ignore = [](const boost::json::object&) -> Result<void> { return {}; };
  const auto json = JsonText::make(R"({"a": [1, 2]})");
  CHECK(each_stix_object(*json, ignore).error().code == Errc::invalid);
  CHECK(each_misp_object(*json, {ignore, ignore, ignore}).error().code == Errc::invalid);
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
