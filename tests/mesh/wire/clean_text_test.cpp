#include "mesh/wire/record.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
bool clean(std::string_view text) { return is_clean_text(bytes_of(text), LineBreaks::refused); }
}  // namespace

TEST_CASE("plain text and well-formed UTF-8 are clean") {
  for (const auto text : {"", "abc ~", "b\xc3\xbcro", "\xe2\x82\xac", "\xf0\x9f\x94\x94", "\xed\x9f\xbf",
                          "\xf4\x8f\xbf\xbf", "\xc2\xa0"})
    CHECK(clean(text));
}

TEST_CASE("control characters and malformed UTF-8 are not clean") {
  for (const auto text : {"a\tb", "a\rb", "\x1b[0m", "\x7f", "\xc2\x9b", "\xff", "\xc3", "\xc0\xaf",
                          "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\x80", "\xe2\x82"})
    CHECK_FALSE(clean(text));
  CHECK_FALSE(clean(std::string_view("a\0b", 3)));
}

TEST_CASE("line feed and tab pass where they are allowed, and nothing else does") {
  CHECK(is_clean_text(bytes_of("a\n\tb"), LineBreaks::allowed));
  CHECK_FALSE(is_clean_text(bytes_of("a\r\n"), LineBreaks::allowed));
}
