#include "agents/siem/hec_framing.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::agents;

TEST_CASE("objects follow one another with or without blanks") {
  const auto body = frame_hec(
      R"({"event":"one","time":1700000000.25,"host":"h1"}{"event":{"a":1},"time":"1700000001"}
         {"event":"three","fields":{"src":"1.2.3.4"}} {"event":[1,2],"time":"2026-11-23T08:00:00Z"})");
  CHECK(body.code == HecCode::success);
  REQUIRE(body.events.size() == 4);
  CHECK(body.events[0].text == "one");
  CHECK(body.events[0].host == "h1");
  CHECK(body.events[0].time->ms == 1'700'000'000'250);
  CHECK(body.events[1].text == R"({"a":1})");
  CHECK(body.events[1].time->ms == 1'700'000'001'000);
  CHECK(body.events[2].text == R"({"message":"three","src":"1.2.3.4"})");
  CHECK(body.events[3].text == "[1,2]");
  CHECK(body.events[3].time.has_value());
}

TEST_CASE("what is wrong with a body has the collector's own code") {
  const auto code = [](std::string_view body) { return int(frame_hec(body).code); };
  CHECK(code("") == 5);
  CHECK(code(" \n ") == 5);
  CHECK(code("nonsense") == 6);
  CHECK(code("{\"event\":\"a\"") == 6);
  CHECK(code("[{\"event\":\"a\"}]") == 6);
  CHECK(code("{\"event\":\"a\",\"time\":\"soon\"}") == 6);
  CHECK(code("{\"event\":\"a\",\"time\":{}}") == 6);
  CHECK(code("{\"event\":\"a\",\"time\":1e300}") == 6);
  CHECK(code("{\"event\":\"a\",\"fields\":1}") == 6);
  CHECK(code("{\"time\":1}") == 12);
  CHECK(code("{\"event\":\"\"}") == 13);
  CHECK(code(std::string(100'000, '[')) == 6);
  CHECK(code("{\"event\":" + std::string(100'000, '[')) == 6);
}

TEST_CASE("events before the bad one are kept") {
  const auto body = frame_hec("{\"event\":\"a\"}{\"event\":\"b\"}{oops");
  CHECK(body.code == HecCode::invalid_data_format);
  CHECK(body.events.size() == 2);
}

TEST_CASE("random collector bodies are framed or refused") {
  tests::SeededEntropy entropy(3);
  for (int round = 0; round < 2000; ++round) {
    std::string text = R"({"event":"one","time":"1.5"}{"event":{"a":[1,2]},"fields":{"b":"c"}})";
    for (int change = 0; change < 4; ++change) {
      const auto draw = entropy.number();
      text[draw % text.size()] = char(draw >> 40);
    }
    CHECK(frame_hec(text).events.size() <= 3);
  }
}
