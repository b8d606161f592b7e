#include "crypto/result.hpp"

#include <set>

#include "tests/catch.hpp"

using namespace tocsin;

TEST_CASE("an error names its place once it is passed on") {
  const Result<int> result = within("card.json", Error{Errc::invalid, "no id", "add one"});
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "card.json: no id");
  CHECK(result.error().hint == "add one");
}

TEST_CASE("an error does not name its place twice, and keeps the better hint") {
  const Result<int> once = within("card.json", Error{Errc::invalid, "card.json: no id"});
  CHECK(once.error().message == "card.json: no id");
  const Result<int> longer = within("card", Error{Errc::invalid, "card.json: no id"});
  CHECK(longer.error().message == "card: card.json: no id");
  CHECK(hinted(Error{Errc::invalid, "no id"}, "add one").hint == "add one");
  CHECK(hinted(Error{Errc::invalid, "no id", "write it"}, "add one").hint == "write it");
}

TEST_CASE("every error code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code <= int(Errc::corrupt); ++code) names.insert(name_of(Errc(code)));
  CHECK(names.size() == std::size_t(Errc::corrupt) + 1);
}
