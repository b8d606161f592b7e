#include "playbooks/damage/csv.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

TEST_CASE("quotes, line ends and physical lines are kept apart") {
  const auto rows = read_csv("a,b\r\n\n\"x\ny\",\"say \"\"hi\"\"\"\nlast,").value();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].cells == std::vector<std::string>{"a", "b"});
  CHECK(rows[1].line == 3);
  CHECK(rows[1].cells == std::vector<std::string>{"x\ny", "say \"hi\""});
  CHECK(rows[2].line == 5);
  CHECK(rows[2].cells == std::vector<std::string>{"last", ""});
}

TEST_CASE("a quote that never closes is an error with its line") {
  CHECK(read_csv("a\n\"b\nc").error().message.find("line 2") != std::string::npos);
  CHECK(read_csv("\"a\"b,c\n").value().at(0).fault == "text after a closing quote");
}
