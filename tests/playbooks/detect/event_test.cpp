#include "playbooks/detect/event.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
std::string value(std::span<const EventField> fields, std::string_view name) {
  for (const auto& field : fields)
    if (field.name == name) return std::string(field.value);
  return "none";
}
}  // namespace

TEST_CASE("JSON inside a syslog message becomes fields, the rest is text") {
  EventParser parser;
  const auto fields = parser.parse(
      "<13>Oct 11 22:14:15 web1 app: @cee: {\"destination\":{\"ip\":\"203.0.113.7\"}} end",
      EventFormat::auto_);
  REQUIRE(fields);
  CHECK(value(*fields, "destination.ip") == "203.0.113.7");
  CHECK(value(*fields, "message") == "@cee: ");
  CHECK(value(*fields, "log.syslog.hostname") == "web1");
}

TEST_CASE("braces that hold no JSON are text") {
  EventParser parser;
  const auto fields = parser.parse("<13>Oct 11 22:14:15 web1 app: {x} 203.0.113.7 {y}",
                                   EventFormat::syslog);
  REQUIRE(fields);
  CHECK(value(*fields, "message") == "{x} 203.0.113.7 {y}");
  CHECK(fields->back().kind == ValueKind::text);
}

TEST_CASE("one bad event leaves the parser fit for the next") {
  EventParser parser;
  CHECK_FALSE(parser.parse("{\"a\":", EventFormat::auto_));
  CHECK_FALSE(parser.parse("   ", EventFormat::auto_));
  CHECK_FALSE(parser.parse("plain", EventFormat::json));
  CHECK_FALSE(parser.parse(std::string(event_bytes_max + 1, 'x'), EventFormat::auto_));
  const auto fields = parser.parse("{\"a\":\"b\"}", EventFormat::auto_);
  REQUIRE(fields);
  CHECK(value(*fields, "a") == "b");
}

TEST_CASE("the fields of one event outlast the parsing of the next, however it ends") {
  EventParser parser;
  for (const auto* next : {R"({"message":"two\t","x":"\u0032"})", "{\"message\":\"two\\t\","}) {
    const auto one = parser.parse(R"({"message":"one\n","x":"\u0031"})", EventFormat::json);
    REQUIRE(one);
    (void)parser.parse(next, EventFormat::json);
    CHECK(value(*one, "message") == "one\n");
    CHECK(value(*one, "x") == "1");
  }
}
