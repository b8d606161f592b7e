#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using tests::Desk;
namespace json = boost::json;

namespace {

std::vector<json::object> lines_of(const tests::Said& said) {
  std::vector<json::object> out;
  std::istringstream text(said.out);
  for (std::string line; std::getline(text, line);) out.push_back(json::parse(line).as_object());
  return out;
}

void write_events(Desk& desk) {
  desk.write("events.ndjson",
             "{\"destination\":{\"ip\":\"192.0.2.7\"},\"source\":{\"ip\":\"192.0.2.7\"}}\n"
             "{\"url\":{\"full\":\"http://www.evil.example/a\"}}\n"
             "{\"message\":\"all is well\"}\n");
}

}  // namespace

TEST_CASE("hits come line by line, the counts last, without an agent") {
  Desk desk;
  write_events(desk);
  desk.write("feed.csv", "type,value\nipv4,192.0.2.7\ndomain,evil.example\n");
  const auto said = desk.line("delos").run(fmt::format(
      "match {} --indicators {} --json", desk.file("events.ndjson"), desk.file("feed.csv")));
  CHECK(said.exit == 0);
  CHECK(said.err.empty());
  const auto lines = lines_of(said);
  REQUIRE(lines.size() == 3);
  CHECK(tests::text_of_key(lines[0], "file") == desk.file("events.ndjson"));
  CHECK(lines[0].at("line") == 1);
  CHECK(lines[0].at("value") == "192.0.2.7");
  CHECK(lines[0].at("indicator") == "192.0.2.7");
  CHECK(lines[1].at("line") == 2);
  CHECK(lines[1].at("value") == "http://www.evil.example/a");
  CHECK(lines[1].at("indicator") == "evil.example");
  CHECK(lines[2].at("events") == 3);
  CHECK(lines[2].at("hits") == 2);
  CHECK(lines[2].at("seconds").is_double());
}

TEST_CASE("with an agent a hit is named by the indicator's id, and only active ones count") {
  Desk desk;
  write_events(desk);
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.answers("ioc.search",
                {{"indicators",
                  json::array{json::object{{"id", "aaaa"}, {"type", "ipv4"},
                                           {"value", "192.0.2.7"}, {"state", "active"}},
                              json::object{{"id", "bbbb"}, {"type", "domain"},
                                           {"value", "evil.example"}, {"state", "retracted"}}}}});
  const auto lines =
      lines_of(desk.line("delos").run("match --json " + desk.file("events.ndjson")));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("indicator") == "aaaa");
}

TEST_CASE("lines that are no events are counted, told of, and make it partly done") {
  Desk desk;
  desk.write("events.ndjson", "{\"message\":\"192.0.2.7\"}\n{broken\n");
  desk.write("feed.txt", "192.0.2.7\n999.1.1.1\n");
  const auto words = fmt::format("match {} --format json --indicators {}",
                                 desk.file("events.ndjson"), desk.file("feed.txt"));
  const auto said = desk.line("delos").run(words);
  CHECK(said.exit == 3);
  CHECK(said.complains("line 2"));
  CHECK(said.complains("1 entries left out"));
  CHECK(desk.line("delos").run(words + " --json").err.empty());
}

TEST_CASE("without agent, store and list it says what to do; a missing file exits 1") {
  Desk desk;
  write_events(desk);
  const auto error = desk.line("delos").error("match " + desk.file("events.ndjson"), 1);
  CHECK(error.at("hint") == "name a list with --indicators FILE, or start the agent");
  desk.write("feed.txt", "192.0.2.7\n");
  const auto list = " --indicators " + desk.file("feed.txt");
  CHECK(desk.line("delos").run("match " + desk.file("absent") + list).exit == 1);
  CHECK(desk.line("delos").run("match " + desk.file("events.ndjson") + " --indicators " +
                               desk.file("absent")).exit == 1);
  CHECK(desk.line("delos").run("match" + list).exit == 2);
}

TEST_CASE("what an event holds cannot steer the terminal") {
  Desk desk;
  desk.write("events.ndjson", "{\"\\u001b[2Jfield\":\"192.0.2.7\"}\n");
  desk.write("feed.txt", "192.0.2.7\n");
  const auto said = desk.line("delos").run(fmt::format(
      "match {} --indicators {}", desk.file("events.ndjson"), desk.file("feed.txt")));
  CHECK(said.says("192.0.2.7"));
  CHECK(said.out.find('\x1b') == std::string::npos);
}
