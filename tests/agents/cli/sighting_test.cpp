#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using tests::text_of_key;
namespace json = boost::json;

namespace {

mesh::Task<Result<agents::Answer>> three_lines(agents::Request request) {
  json::object first{{"cursor", "1"}, {"at", "2026-11-23T02:12:00.000Z"},
                     {"kind", "indicator"}, {"org", "bleu"}, {"value", "evil.example\x1b[2J"},
                     {"why", nullptr}};
  json::object second{{"cursor", "2"}, {"kind", "batch"}, {"org", "bleu"}, {"count", 7}};
  for (auto line : {std::move(first), json::object{}, std::move(second)}) {
    auto task = request.lines->line(std::move(line));
    const auto sent = co_await std::move(task);
    if (!sent) co_return std::unexpected(sent.error());
  }
  co_return agents::Answer{json::object{}};
}

}  // namespace

TEST_CASE("nothing that was seen is an empty list") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(line.document("sighting list").at("sightings").as_array().empty());
  CHECK(line.run("sighting list --since soon").exit != 0);
}

TEST_CASE("a dispute needs a reason and an indicator that there is") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  const auto id =
      text_of_key(line.document("ioc add ipv4 192.0.2.7 --tlp green"), "id");
  CHECK(line.run("sighting dispute " + id).exit == 2);
  CHECK(line.run("sighting dispute zzzz --why scanner").exit == 1);
  CHECK(text_of_key(line.document("sighting dispute " + id.substr(0, 12) + " --why scanner"),
                    "id") == id);
}

TEST_CASE("watch prints one line each as it comes; what only keeps the stream alive is left out") {
  tests::Desk desk;
  const auto home = desk.path("delos");
  REQUIRE(desk.machine().world().disk.make_folders(home, mesh::FileMode::secret));
  agents::LocalApi api(desk.machine().world());
  api.on("watch", three_lines);
  REQUIRE(api.listen(home / "agent.sock"));
  auto line = desk.line("delos");
  const auto as_json = line.run("watch --json --kind indicator --kind sighting");
  CHECK(as_json.exit == 0);
  CHECK(std::count(as_json.out.begin(), as_json.out.end(), '\n') == 2);
  CHECK(json::parse(as_json.out.substr(0, as_json.out.find('\n'))).at("cursor") == "1");

  const auto said = line.run("watch --tz Europe/Berlin");
  CHECK(said.out == "2026-11-23 03:12 CET (02:12Z)  indicator  bleu  value=evil.example\\x1b[2J \n"
                    "batch  bleu  count=7 \n");
  api.stop();
}
