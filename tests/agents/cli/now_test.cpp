#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
namespace json = boost::json;

namespace {

json::array rows(int count) {
  json::array out;
  for (int i = 0; i < count; ++i)
    out.push_back(json::object{{"id", fmt::format("row{}", i)}, {"nothing", nullptr}});
  return out;
}

json::object situation(int count) {
  json::array next;
  for (int i = 0; i < count; ++i) next.emplace_back(fmt::format("tocsin incident ack id{}", i));
  return {{"incidents", rows(count)},
          {"waiting", rows(count)},
          {"deadlines", rows(count)},
          {"next", std::move(next)}};
}

}  // namespace

TEST_CASE("however much burns, one screen of 24 lines holds it and says how much there is") {
  tests::Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  agent.answers("now", situation(9));
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  const auto said = line.run("now");
  INFO(said.out);
  CHECK(said.exit == 0);
  CHECK(std::count(said.out.begin(), said.out.end(), '\n') <= 24);
  CHECK(said.out.starts_with("EXERCISE\nburning (4/9)\n  row0"));
  CHECK(said.says("  tocsin incident ack id3\n"));
  CHECK_FALSE(said.says("id4"));
  CHECK(line.document("now").at("incidents").as_array().size() == 9);
}

TEST_CASE("where nothing burns it says so, in the language asked for") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(line.run("now --lang de").out == "ÜBUNG\nalles in Ordnung\n");
  const auto document = line.document("now");
  for (const auto* key : {"incidents", "waiting", "deadlines", "next"})
    CHECK(document.at(key).as_array().empty());
}

TEST_CASE("what waits is asked for the person whose keys are here") {
  tests::Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  agent.answers("now", situation(0));
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  REQUIRE(line.run("now").exit == 0);
  CHECK(agent.asked["now"].at(0) == json::object{{"me", "duty"}});
  line.terminal.variables["TOCSIN_KEYS"] = "/nowhere";
  REQUIRE(line.run("now").exit == 0);
  CHECK(agent.asked["now"].at(1).empty());
}

TEST_CASE("the next command is one to type: an open incident is to be acknowledged") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  const auto id =
      tests::text_of_key(line.document("incident open --title slow"), "id");
  const auto next = line.document("now").at("next").as_array();
  REQUIRE(next.size() == 1);
  const auto words = std::string(next.at(0).as_string());
  REQUIRE(words.starts_with("tocsin incident ack "));
  CHECK(line.run(words.substr(7)).exit == 0);
  CHECK(tests::text_of_key(line.document("incident show " + id), "state") == "acknowledged");
}
