#include "playbooks/detect/bench_load.hpp"

#include <set>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

TEST_CASE("made indicators are canonical, distinct and repeat themselves") {
  const BenchLoad load(20000, 7), again(20000, 7);
  std::set<std::string> values;
  std::size_t wrong = 0;
  for (const auto& one : load.indicators()) {
    const auto plain = canonical(one.type, one.value);
    wrong += !plain || *plain != one.value;
    values.insert(one.value);
  }
  CHECK(wrong == 0);
  CHECK(values.size() == 20000);
  for (std::size_t i = 0; i < 20000; ++i)
    REQUIRE(load.indicators()[i].value == again.indicators()[i].value);
}

TEST_CASE("made events are events, and one in a hundred holds an indicator") {
  BenchLoad load(1000, 7);
  std::string lines;
  std::size_t planted = 0;
  for (int i = 0; i < 5000; ++i) planted += load.event(lines) != BenchLoad::nothing;
  CHECK(planted > 20);
  CHECK(planted < 100);
  EventParser parser;
  std::size_t events = 0;
  for (std::string_view rest = lines; !rest.empty(); ++events) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const auto fields = parser.parse(line, EventFormat::json);
    REQUIRE(fields);
    CHECK(fields->size() > 15);
  }
  CHECK(events == 5000);
}
