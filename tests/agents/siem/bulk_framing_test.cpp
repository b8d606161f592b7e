#include "agents/siem/bulk_framing.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::agents;

TEST_CASE("actions and documents pair up, and only what is wrong is refused") {
  const auto items = frame_bulk(
      "{\"index\":{\"_id\":\"7\"}}\n{\"a\":1}\n"
      "{\"create\":{\"_index\":\"other\"}}\nnot json\n"
      "{\"delete\":{\"_id\":\"9\"}}\n"
      "{\"update\":{\"_id\":\"9\"}}\n{\"doc\":{}}\n"
      "{\"index\":{}}\n{\"b\":2}\n{\"index\":{}}",
      "logs", true);
  REQUIRE(items.has_value());
  REQUIRE(items->size() == 6);
  CHECK((*items)[0].status == 201);
  CHECK((*items)[0].index == "logs");
  CHECK((*items)[0].id == "7");
  CHECK((*items)[0].document == "{\"a\":1}");
  CHECK((*items)[1].status == 400);
  CHECK((*items)[1].index == "other");
  CHECK((*items)[1].reason.find("line 4") != std::string::npos);
  CHECK((*items)[2].status == 400);
  CHECK((*items)[3].status == 400);
  CHECK((*items)[4].document == "{\"b\":2}");
  CHECK((*items)[5].reason.find("no document") != std::string::npos);
}

TEST_CASE("a malformed action costs its line, and reading finds its way back") {
  const auto items =
      frame_bulk("rubbish\n{\"index\":{}}\n{\"a\":1}\n{\"a\":1}\n{\"create\":{}}\n{\"b\":2}\n", "", true);
  REQUIRE(items.has_value());
  REQUIRE(items->size() == 4);
  CHECK((*items)[0].reason == "malformed action line [1]");
  CHECK((*items)[1].status == 201);
  CHECK((*items)[2].reason == "malformed action line [4]");
  CHECK((*items)[3].status == 201);
}

TEST_CASE("a body without any action is an error") {
  CHECK_FALSE(frame_bulk("", "", true).has_value());
  CHECK_FALSE(frame_bulk("a\nb\n", "", true).has_value());
  CHECK_FALSE(frame_bulk("{\"index\":1}\n", "", true).has_value());
}

TEST_CASE("the answer is JSON whatever the names hold") {
  BulkItem good, bad;
  good.index = "a\"b";
  good.id = "1";
  bad.refuse(400, "t", "why \"quoted\"");
  CHECK(write_bulk_answer({good}).starts_with(
      R"({"took":1,"errors":false,"items":[{"index":{"_index":"a\"b","_id":"1","status":201)"));
  CHECK(write_bulk_answer({good, bad}).find(
            R"("_id":null,"status":400,"error":{"type":"t","reason":"why \"quoted\""})") !=
        std::string::npos);
}

TEST_CASE("random bulk bodies are framed or refused") {
  tests::SeededEntropy entropy(5);
  for (int round = 0; round < 2000; ++round) {
    std::string text = "{\"index\":{}}\n{\"a\":[1,\"x\"]}\n{\"delete\":{}}\n{\"create\":{}}\n{}\n";
    for (int change = 0; change < 4; ++change) {
      const auto draw = entropy.number();
      text[draw % text.size()] = char(draw >> 40);
    }
    const auto items = frame_bulk(text, "i", true);
    if (items) CHECK(items->size() <= 9);
  }
}
