#include "playbooks/detect/event_json.hpp"

#include <fmt/format.h>

#include "playbooks/detect/field_names.hpp"
#include "playbooks/detect/json_marks.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
struct Flat {
  JsonEvents json;
  std::vector<EventField> fields;
  Result<void> add(std::string_view text) {
    json.begin();
    fields.clear();
    return json.add(text, 0, fields);
  }
  std::string value(std::string_view name) const {
    for (const auto& field : fields)
      if (field.name == name) return std::string(field.value);
    return "none";
  }
};
}  // namespace

TEST_CASE("nested and dotted keys give the same names") {
  Flat flat;
  REQUIRE(flat.add(R"({"destination":{"ip":"203.0.113.7","port":443},"dns":{"resolved_ip":["a","b"]}})"));
  CHECK(flat.value("destination.ip") == "203.0.113.7");
  CHECK(flat.fields[0].kind == ValueKind::address);
  CHECK(flat.value("destination.port") == "443");
  CHECK(flat.fields.size() == 4);
  CHECK(flat.fields[3].name == "dns.resolved_ip");
  REQUIRE(flat.add(R"( {"destination.ip" : "203.0.113.7" , "x":null} )"));
  CHECK(flat.value("destination.ip") == "203.0.113.7");
  CHECK(flat.fields[0].kind == ValueKind::address);
  CHECK(flat.value("x") == "null");
  REQUIRE(flat.add("{}"));
  CHECK(flat.fields.empty());
  REQUIRE(flat.add(R"({"a":[],"b":{},"c":[[{"d":[1,"e"]}],{}]})"));
  CHECK(flat.fields.size() == 2);
  CHECK(flat.fields[1].name == "c.d");
}

TEST_CASE("what lies behind a text is never taken for a part of it") {
  Flat flat;
  for (const std::string_view whole : {R"({"a":"b"}})", R"({"a":1234})", R"({"a":true})"}) {
    std::string text(whole);
    text.resize(text.size() + JsonMarks::padding, '}');
    for (std::size_t size = 1; size < whole.find('}'); ++size) {
      INFO(whole.substr(0, size));
      flat.fields.clear();
      flat.json.begin();
      CHECK_FALSE(flat.json.add(std::string_view(text).substr(0, size), text.size() - size,
                                flat.fields));
    }
  }
}

TEST_CASE("a backslash in one string leaves those around it alone") {
  Flat flat;
  REQUIRE(flat.add(
      R"({"x":"C:\\a","message":"plain","\u0069p":"203.0.113.7","user.name":"a\\b","msg":"c\\d","z":"e"})"));
  CHECK(flat.value("x") == R"(C:\a)");
  CHECK(flat.value("message") == "plain");
  CHECK(flat.value("ip") == "203.0.113.7");
  CHECK(flat.value("user.name") == R"(a\\b)");
  CHECK(flat.fields[3].escaped);
  CHECK(flat.value("msg") == R"(c\d)");
  CHECK(flat.value("z") == "e");
  CHECK_FALSE(flat.fields[5].escaped);
}

TEST_CASE("escapes in keys and values hide nothing") {
  Flat flat;
  REQUIRE(flat.add(R"({"destination":{"\u0069p":"203.0.113\u002e7"}})"));
  CHECK(flat.value("destination.ip") == "203.0.113.7");
  REQUIRE(flat.add(R"({"message":"a\n\"b\""})"));
  CHECK(flat.value("message") == "a\n\"b\"");
}

TEST_CASE("what is not one JSON object is refused") {
  Flat flat;
  for (const auto* bad :
       {"", "[]", "1", "\"x\"", "{", "{\"a\":}", "{\"a\":1", "{\"a\":tru}", "{\"a\" 1}",
        "{\"a\":1}{\"b\":2}", "{\"a\":1} x", "{\"a\":\"\xff\xfe\"}", "{\"a\":\"b}", "{\"a\":1,}",
        "{'a':1}", "{\"a\":1 2}", "\xef\xbb\xbf{", "{\"a\"", "{\"a\":", "{\"a\":1,", "{,}",
        "{\"a\":[1,]}", "{\"a\":[1 2]}", "{\"a\":[1}", "{\"a\":[", "{\"a\":\"b\"\"c\"}",
        "{\"a\":\"b\"c}", "{\"a\"b:1}", "{\"a\"\"b\":1}", "{1:2}", "{\"a\":,}", "{\"a\":}}", "{\"a\":1}}",
        "{\"message\":\"\\x\"}", "{\"\\x\":1}"}) {
    INFO(bad);
    CHECK_FALSE(flat.add(bad));
    CHECK(flat.fields.empty());
  }
}

TEST_CASE("depth, fields and bytes are bounded") {
  Flat flat;
  const auto nested = [](int depth) {
    std::string out;
    for (int i = 0; i < depth; ++i) out += "{\"a\":";
    return out + "1" + std::string(std::size_t(depth), '}');
  };
  CHECK(flat.add(nested(64)));
  CHECK(flat.add(nested(65)).error().message.find("deeper than 64") != std::string::npos);
  CHECK_FALSE(flat.add(nested(100000)));
  CHECK_FALSE(flat.add("{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}"));
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 5000; ++i) many += ",1";
  CHECK(flat.add(many + "]}").error().code == Errc::too_large);
  CHECK(flat.add("{\"a\":\"" + std::string(event_bytes_max, 'x') + "\"}").error().code ==
        Errc::too_large);
}

TEST_CASE("more names than are remembered are still read") {
  Flat flat;
  for (int line = 0; line < 20; ++line) {
    std::string text = "{\"x\":{";
    for (int i = 0; i < 1000; ++i)
      text += "\"k" + std::to_string(line * 1000 + i) + "\":{\"ip\":\"203.0.113.7\"},";
    text += "\"ip\":\"203.0.113.8\"}}";
    REQUIRE(flat.add(text));
    REQUIRE(flat.fields.size() == 1001);
    CHECK(flat.fields[999].kind == ValueKind::address);
    CHECK(flat.fields[999].name == "x.k" + std::to_string(line * 1000 + 999) + ".ip");
  }
}

TEST_CASE("a name with a quote in it is no shorter name the next time") {
  Flat flat;
  const std::string_view honest = R"({"host":"h1","query":"evil.example"})";
  REQUIRE(flat.add(honest));
  REQUIRE(flat.add(R"({"host":"h1","query\":\"evil.example":1})"));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(flat.add(honest));
    CHECK(flat.value("query") == "evil.example");
  }
}

TEST_CASE("names of any length are cut to their end, and all of them together take little") {
  Flat flat;
  const std::string deep(400'000, 'k');
  for (int turn = 0; turn < 3; ++turn) {
    std::string text = "{\"" + deep + std::to_string(turn) + "\":{";
    for (int i = 0; i < 1000; ++i) text += fmt::format("{}\"a{}\":1", i ? "," : "", i);
    REQUIRE(flat.add(text + "}}"));
    REQUIRE(flat.fields.size() == 1000);
    for (const auto& field : flat.fields) CHECK(field.name.size() <= FieldNames::name_bytes_max);
    CHECK(flat.fields[7].name.ends_with("k" + std::to_string(turn) + ".a7"));
  }
  REQUIRE(flat.add("{\"" + deep + "\":\"x\",\"query\":\"evil.example\"}"));
  CHECK(flat.fields[0].name == std::string(FieldNames::name_bytes_max, 'k'));
  CHECK(flat.value("query") == "evil.example");
}
