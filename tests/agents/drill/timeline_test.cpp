#include "agents/drill/timeline.hpp"

#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;
using namespace std::chrono_literals;

TEST_CASE("entries are told as they come, with the seconds since the beginning") {
  tests::MemoryLoop clock;
  std::vector<std::string> told;
  Timeline timeline(clock, [&](std::string_view line) { told.emplace_back(line); }, false);
  clock.advance(5s);
  timeline.begin();
  clock.advance(3021ms);
  CHECK(timeline.seconds() == 3.021);
  timeline.add("delos", Happening::inject, "a query for evil.example");
  timeline.add("", Happening::cut, "the Rhine", {"delos", "bleu"});
  CHECK(told == std::vector<std::string>{
                    "   3.021 s  delos     inject     a query for evil.example",
                    "   3.021 s  all       cut        the Rhine"});
  REQUIRE(timeline.entries().size() == 2);
  CHECK(timeline.entries()[0].at_s == 3.021);
  CHECK(timeline.entries()[1].orgs == std::vector<std::string>{"delos", "bleu"});
}

TEST_CASE("nobody need look on") {
  tests::MemoryLoop clock;
  Timeline timeline(clock, {}, true);
  timeline.begin();
  timeline.add("delos", Happening::met, "seen");
  CHECK(timeline.entries().size() == 1);
}

TEST_CASE("a line cannot steer the terminal; colour marks what happened only where wanted") {
  const TimelineEntry entry{1, "bleu", Happening::missed, "evil\x1b[2J\nfoo", {}};
  CHECK(line_of(entry, false) == "   1.000 s  bleu      MISSED     evil [2J foo");
  CHECK(line_of(entry, true) ==
        "   1.000 s  bleu      \x1b[1;31mMISSED   \x1b[0m  evil [2J foo");
}

TEST_CASE("every happening has a name of its own that fits its column") {
  std::set<std::string_view> names;
  for (int i = 0; i <= int(Happening::failed); ++i) {
    CHECK(names.insert(name_of(Happening(i))).second);
    CHECK(name_of(Happening(i)).size() <= 9);
  }
}
