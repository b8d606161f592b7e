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
