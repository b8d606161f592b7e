#include "playbooks/runs/json_reader.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {

TEST_CASE("members of a wrong type, missing ones and unknown ones are named by path") {
  std::vector<Problem> problems;
  JsonReader reader(problems);
  const auto in = boost::json::parse(R"({"a":1,"b":"x","t":0,"l":["x",2],"z":true})").get_object();
  CHECK(reader.text(in, "/p", "a", true).empty());
  CHECK(reader.text(in, "/p", "b", true) == "x");
  CHECK(reader.text(in, "/p", "c", true).empty());
  CHECK(reader.milliseconds(in, "/p", "t") == Duration{});
  CHECK(reader.texts(in, "/p", "l", true).size() == 1);
  CHECK(reader.boolean(in, "/p", "z"));
  reader.only(in, "/p", {"a", "b", "t", "l"});
  REQUIRE(problems.size() == 5);
  CHECK(problems[0].path == "/p/a");
  CHECK(problems[1].path == "/p/c");
  CHECK(problems[4].path == "/p/z");
}

}  // namespace tocsin::playbooks
