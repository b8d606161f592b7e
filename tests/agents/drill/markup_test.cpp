#include "agents/drill/markup.hpp"

#include "tests/catch.hpp"

using namespace tocsin::agents::drill;

TEST_CASE("text cannot leave its element or its attribute") {
  CHECK(escape("<script>\"a\"&'b'</script>") ==
        "&lt;script&gt;&quot;a&quot;&amp;&#39;b&#39;&lt;/script&gt;");
  CHECK(escape("a\x1b\n\x7f" "b") == "a   b");
  CHECK(escape("Zürich – ok") == "Zürich – ok");
  CHECK(escape("").empty());
}

TEST_CASE("numbers have a point and the digits asked for, in any locale") {
  CHECK(decimal(3.0215) == "3.02");
  CHECK(decimal(1234.5, 0) == "1234");
  CHECK(decimal(-0.5, 3) == "-0.500");
}
