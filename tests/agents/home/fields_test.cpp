#include "agents/home/fields.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
namespace json = boost::json;

TEST_CASE("fields that are missing or of another type are empty") {
  const json::object answer{{"text", "a"},
                            {"texts", {"a", 1, "b"}},
                            {"number", 7},
                            {"objects", {json::object{{"x", 1}}, "no object"}}};
  CHECK(agents::text_in(answer, "text") == "a");
  CHECK(agents::text_in(answer, "number").empty());
  CHECK(agents::texts_in(answer, "texts") == std::vector<std::string>{"a", "b"});
  CHECK(agents::number_in(answer, "number") == 7);
  CHECK(agents::number_in(answer, "text") == 0);
  CHECK(agents::objects_in(answer, "objects").size() == 1);
  CHECK(agents::objects_in(answer, "absent").empty());
}
