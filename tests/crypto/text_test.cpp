#include "crypto/text.hpp"

#include "tests/catch.hpp"

using namespace tocsin;

TEST_CASE("what is no UTF-8 is shown as a replacement character, the rest unchanged") {
  CHECK(well_formed("Zürich € 𝄞") == "Zürich € 𝄞");
  CHECK(well_formed("a\xff" "b") == "a\xef\xbf\xbd" "b");
  CHECK(well_formed("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
  CHECK(well_formed("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");  // overlong
  CHECK(well_formed("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");  // cut short
}

TEST_CASE("text is well-formed exactly where nothing would be replaced") {
  CHECK(is_well_formed("Zürich € 𝄞"));
  CHECK(is_well_formed(""));
  CHECK_FALSE(is_well_formed("caf\xe9"));
  CHECK_FALSE(is_well_formed("\xe2\x82"));
}

TEST_CASE("what is no text is named with its remedy, and text of any encoding is not") {
  using namespace std::string_view_literals;
  CHECK(foreign_content("\xff\xfe" "a\0"sv) == "UTF-16 text");
  CHECK_THAT(std::string(foreign_remedy("UTF-16 text")), tests::has_in_it("iconv"));
  CHECK(foreign_content("\x89PNG\r\n"sv) == "a PNG picture");
  CHECK(foreign_remedy(foreign_content("\x1f\x8b\x08"sv)) == "unpack it first");
  CHECK(foreign_content("a\0b\0"sv) == "binary data or UTF-16 text");
  CHECK(foreign_content("one NUL\0 in a line of a log is that line's own fault"sv).empty());
  CHECK(foreign_content("caf\xe9"sv).empty());
  CHECK(foreign_content(""sv).empty());
}
