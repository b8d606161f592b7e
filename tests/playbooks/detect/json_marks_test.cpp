#include "playbooks/detect/json_marks.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
std::string padded(std::string_view text) {
  return std::string(text) + std::string(JsonMarks::padding, ' ');
}
// The bytes at the marks.
std::string marked(std::string_view json) {
  JsonMarks marks;
  const auto text = padded(json);
  const auto found = marks.find(std::string_view(text).substr(0, json.size()));
  REQUIRE(found);
  std::string out;
  for (const auto at : *found) out += text[at];
  CHECK(*(found->data() + found->size()) == json.size());
  return out;
}
}  // namespace

TEST_CASE("marks stand at the parts of a text and never inside a string") {
  CHECK(marked(R"({"a" : [1, true ,{}], "{b\"]," : "x,y"} )") == "{\":[1,t,{}],\":\"}");
  CHECK(marked(R"("a""b"x 1 2)") == "\"\"x12");
  CHECK(marked(R"("a\\",1)") == "\",1");
}

TEST_CASE("a text longer than all before it is marked too") {
  JsonMarks marks;
  for (const std::size_t size : {10, 100'000, 1'000'000}) {
    const auto text = padded(std::string(size, '['));
    const auto found = marks.find(std::string_view(text).substr(0, size));
    REQUIRE(found);
    CHECK(found->size() == size);
  }
}

TEST_CASE("what cannot be cut into parts is refused") {
  JsonMarks marks;
  for (const auto* bad : {"", "  ", "{\"a", "\"a\\\"", "\"\xff\xfe\"", "\"a\nb\""}) {
    INFO(bad);
    const auto text = padded(bad);
    const auto found = marks.find(std::string_view(text).substr(0, text.size() - JsonMarks::padding));
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::invalid);
  }
}

TEST_CASE("escapes are resolved, wrong ones refused") {
  const JsonMarks marks;
  const auto plain = [&](std::string_view token) {
    const auto text = padded(std::string(token) + "\"");
    return marks.unescape(std::string_view(text).substr(0, token.size()));
  };
  CHECK(plain(R"(a\n\"b\"\\)") == "a\n\"b\"\\");
  CHECK(plain(R"(203.0.113\u002e7)") == "203.0.113.7");
  CHECK(plain(R"(\ud83d\ude00)") == "\xf0\x9f\x98\x80");
  CHECK(plain(std::string(5000, 'x') + R"(\t)") == std::string(5000, 'x') + "\t");
  CHECK_FALSE(plain(R"(\x41)"));
  CHECK_FALSE(plain(R"(\u12)"));
}
