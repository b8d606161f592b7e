#include "agents/drill/report.hpp"

#include "tests/agents/drill/drill_story.hpp"

using namespace tocsin;
using namespace tocsin::agents::drill;
using tests::DrillStory;
namespace json = boost::json;

namespace {

const std::vector<tests::Expected> two{{"delos", Phase::detect, 10, "Delos sees it"},
                                       {"bleu", Phase::share, 10, "Bleu <b>knows</b> it"}};

bool says(const std::string& page, std::string_view text) {
  return page.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("the document has the keys that scripts read, one row per expectation") {
  DrillStory story(two);
  story.met(0, 2);
  story.judge();
  const auto document = report_document(story.input());
  for (const auto* key : {"scenario", "seed", "orgs", "expectations", "passed"})
    CHECK(document.contains(key));
  CHECK(document.at("scenario") == "rhine");
  CHECK(document.at("seed").to_number<int>() == 42);
  CHECK(document.at("passed") == false);
  CHECK(document.at("begun") == "2026-11-23T02:12:00.000Z");
  const auto& delos = document.at("orgs").at(0).as_object();
  for (const auto* key :
       {"org", "role", "detect_s", "share_s", "decide_s", "contain_s", "restore_s", "score"})
    CHECK(delos.contains(key));
  CHECK(delos.at("detect_s") == 2.0);
  CHECK(delos.at("share_s").is_null());
  const auto& rows = document.at("expectations").as_array();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].at("text") == "first light: Delos sees it");
  CHECK(rows[0].at("met") == true);
  CHECK(rows[0].at("at_s") == 7.0);
  CHECK(rows[1].at("met") == false);
  CHECK(rows[1].at("at_s").is_null());
}

TEST_CASE("a drill has passed when all is met and every inject was played") {
  DrillStory story(two);
  story.met(0, 2);
  CHECK_FALSE(story.played.passed());
  story.met(1, 2);
  CHECK(story.played.passed());
  story.judge();
  CHECK(report_document(story.input()).at("passed") == true);
  story.played.injects_failed = 1;
  CHECK_FALSE(story.played.passed());
  CHECK(report_summary(story.input()).starts_with("\nNOT PASSED: 2 of 2"));
  CHECK(says(report_summary(story.input()), "1 injects could not be played"));
}

TEST_CASE("the summary has a row per organisation and tells what was missed") {
  DrillStory story(two);
  story.met(0, 2);
  story.judge();
  const auto summary = report_summary(story.input());
  CHECK(summary.starts_with("\nNOT PASSED: 1 of 2 expectations met in 20.0 s\n"));
  CHECK(says(summary, "\ndelos       operator       2.000 s         -"));
  CHECK(says(summary, "missed: first light: Bleu <b>knows</b> it (within 10 s): nothing came"));
  CHECK(summary.ends_with('\n'));
}

TEST_CASE("the page is an exercise's, lists every expectation, and needs nothing from elsewhere") {
  DrillStory story(two);
  story.met(0, 2);
  story.scenario.about = "An <i>exercise</i>";
  story.timeline = {{5, "delos", Happening::inject, "<script>alert(1)</script>", {}}};
  story.judge();
  const auto page = report_page(story.input());
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(says(page, "EXERCISE"));
  CHECK(says(page, "1 of 2 expectations met"));
  CHECK(says(page, "Delos sees it"));
  CHECK(says(page, "Bleu &lt;b&gt;knows&lt;/b&gt; it"));
  CHECK(says(page, "seed 42"));
  CHECK_FALSE(says(page, "<script"));
  CHECK_FALSE(says(page, "<i>exercise"));
  for (const auto* outside : {"src=", "href=", "url(", "@import", "<link"}) {
    INFO(outside);
    CHECK_FALSE(says(page, outside));
  }
  CHECK(says(page, "<svg viewBox="));
}
