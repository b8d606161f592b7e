#include "playbooks/detect/byte_set.hpp"

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

TEST_CASE("the first byte of a set is found where it stands") {
  constexpr ByteSet marks("@:\xff");
  CHECK(marks.first_in("a:b@c") == 1);
  CHECK(marks.first_in("ab@") == 2);
  CHECK(marks.first_in("ab\xff@") == 2);
  CHECK(marks.first_in("ab") == std::string_view::npos);
  CHECK(marks.first_in("") == std::string_view::npos);
  CHECK_FALSE(marks.holds('\0'));
}
