#include <regex>

#include "agents/drill/report.hpp"

#include "tests/agents/drill/drill_story.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;
using tests::DrillStory;

namespace {

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t out = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++out;
  return out;
}

/// Every opened element is closed, in order; attributes are quoted.
bool well_formed(const std::string& svg) {
  const std::regex tag("<(/?)([a-z]+)((?: [A-Za-z0-9:-]+=\"[^\"<>]*\")*)(/?)>");
  std::vector<std::string> open;
  auto rest = svg;
  for (std::smatch found; std::regex_search(rest, found, tag); rest = found.suffix()) {
    if (found.prefix().str().find_first_of("<>") != std::string::npos) return false;
    if (found[1].length()) {
      if (open.empty() || open.back() != found[2]) return false;
      open.pop_back();
    } else if (!found[4].length()) {
      open.push_back(found[2]);
    }
  }
  return open.empty() && rest.find_first_of("<>") == std::string::npos;
}

}  // namespace

TEST_CASE("there is one lane per organisation, and a mark for what was met and missed in it") {
  DrillStory story({{"delos", Phase::detect}, {"bleu", {}}, {"bleu", Phase::share}});
  story.met(0, 2);
  story.met(1, 3);
  story.timeline = {{5, "delos", Happening::inject, "a query", {}},
                    {6, "bleu", Happening::decision, "signed", {}}};
  const auto chart = report_chart(story.input());
  CHECK(well_formed(chart));
  CHECK(count(chart, "class=\"lane\"") == 2);
  CHECK(count(chart, "class=\"detect\"") == 1);
  CHECK(count(chart, "class=\"plain\"") == 1);
  CHECK(count(chart, "class=\"missed\"") == 1);
  CHECK(count(chart, "class=\"inject\"") == 1);
  CHECK(count(chart, "class=\"decide\"") == 1);
  CHECK(count(chart, "class=\"badge\"") == 1);
}

TEST_CASE("a link that was cut is a bar for its pair until it is healed, or to the end") {
  DrillStory story({{"delos", std::nullopt}});
  story.timeline = {{10, "", Happening::cut, "cut", {"delos", "bleu"}},
                    {20, "", Happening::heal, "healed", {"delos", "bleu"}},
                    {30, "", Happening::cut, "cut", {"delos", "bleu"}}};
  const auto chart = report_chart(story.input());
  CHECK(well_formed(chart));
  CHECK(count(chart, "class=\"cut\"") == 2);
  CHECK(count(chart, "down from 10.00 s to 20.00 s") == 1);
  CHECK(count(chart, "down from 30.00 s to 60.00 s") == 1);
}

TEST_CASE("an agent is down from its kill until it is there again") {
  DrillStory story({{"delos", std::nullopt}});
  story.timeline = {{10, "bleu", Happening::kill, "killed", {}},
                    {12, "bleu", Happening::restart, "starts", {}},
                    {14, "bleu", Happening::restart, "is there again", {}},
                    {40, "delos", Happening::kill, "killed", {}}};
  const auto chart = report_chart(story.input());
  CHECK(well_formed(chart));
  CHECK(count(chart, "bleu is down") == 1);
  CHECK(count(chart, "delos is down") == 1);
}

TEST_CASE("whatever names and texts hold, the drawing stays one drawing") {
  DrillStory story({{"delos", Phase::detect, 10, "\"><script>alert(1)</script>"}});
  story.scenario.orgs[1].name = "<b>\"Bleu\"</b> & Co";
  story.scenario.events[0].title = "</title></svg>";
  story.timeline = {{5, "delos", Happening::failed, "</g>'\"<", {}}};
  const auto chart = report_chart(story.input());
  CHECK(well_formed(chart));
  CHECK(count(chart, "<script") == 0);
  CHECK(count(chart, "</svg>") == 1);
}

TEST_CASE("hundreds of marks at one moment stay in their lane, and no time at all is drawn too") {
  DrillStory story({{"delos", std::nullopt}});
  for (int i = 0; i < 300; ++i)
    story.timeline.push_back({5, "delos", Happening::inject, "again", {}});
  const auto chart = report_chart(story.input());
  CHECK(count(chart, "class=\"inject\"") == 300);
  std::smatch box;
  REQUIRE(std::regex_search(chart, box, std::regex("viewBox=\"0 0 1160 ([0-9]+)\"")));
  CHECK(std::stoi(box[1]) < 400);

  DrillStory instant({{"delos", std::nullopt, 0}});
  instant.scenario.seconds = 0;
  instant.played.seconds = 0;
  instant.scenario.events[0].at = 0;
  const auto still = report_chart(instant.input());
  CHECK(well_formed(still));
  CHECK(count(still, "nan") + count(still, "inf\"") == 0);
}
