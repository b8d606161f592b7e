#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::text_of_key;
namespace json = boost::json;

namespace {

struct Delos {
  explicit Delos(std::vector<std::string> orgs = {"delos", "bleu"}) : federation(std::move(orgs)) {
    federation.start("delos");
  }
  tests::Federation federation;
  tests::CommandLine line{federation.machine(), federation.home("delos")};
  std::string open(const std::string& title) {
    return text_of_key(line.document({"incident", "open", "--title", title}), "id");
  }
  json::object shown(const std::string& id) { return line.document("incident show " + id); }
};

}  // namespace

TEST_CASE("an incident is opened, listed and told as a timeline, under the keys scripts read") {
  Delos delos;
  CHECK(delos.line.run("incident list").out == "no incident is open\n");
  const auto id = delos.open("mail gateway is slow");
  const auto listed = delos.line.document("incident list").at("incidents").as_array();
  REQUIRE(listed.size() == 1);
  for (const auto* key : {"id", "title", "state", "severity", "orgs", "opened", "rule",
                          "indicators", "runs"}) {
    INFO(key);
    CHECK(listed.at(0).as_object().contains(key));
  }
  CHECK(text_of_key(listed.at(0).as_object(), "id") == id);
  const auto timeline =
      delos.line.document("incident timeline " + id.substr(0, 10)).at("timeline").as_array();
  REQUIRE_FALSE(timeline.empty());
  for (const auto* key : {"at", "org", "kind", "text", "record"})
    CHECK(timeline.at(0).as_object().contains(key));
  CHECK(delos.line.run("incident list --tz Europe/Berlin").says("Z)"));
}

TEST_CASE("whoever's keys are here is named in what is done, without --as") {
  Delos delos;
  const auto id = delos.open("odd");
  REQUIRE(delos.line.run("incident ack " + id).exit == 0);
  CHECK(text_of_key(delos.shown(id), "acknowledged_by").find("duty") != std::string::npos);
  REQUIRE(delos.line.run({"incident", "note", id, "called the partner"}).exit == 0);
  const auto said = delos.line.run("incident timeline " + id);
  CHECK(said.says("called the partner"));
  REQUIRE(delos.line.run("incident assign " + id + " night-shift").exit == 0);
  CHECK(text_of_key(delos.shown(id), "assignee") == "night-shift");
}

TEST_CASE("severity, merging and closing change the state; bad words change nothing") {
  Delos delos;
  const auto id = delos.open("one"), other = delos.open("two");
  CHECK(delos.line.run("incident severity " + id + " huge").exit != 0);
  CHECK(delos.line.run("incident severity " + id + " critical").exit == 0);
  CHECK(text_of_key(delos.shown(id), "severity") == "critical");
  CHECK(delos.line.run("incident merge " + id + " " + other).exit == 0);
  CHECK(delos.line.document("incident list").at("incidents").as_array().size() == 1);
  CHECK(delos.line.run("incident close " + id + " --why contained").exit == 0);
  CHECK(text_of_key(delos.shown(id), "state") == "closed");
  CHECK(delos.line.run("incident show zzzz").exit == 1);
  CHECK(delos.line.run("incident open").exit == 2);
  CHECK(delos.line.run("incident note " + id).exit == 2);
}

TEST_CASE("a release goes to an authority, signed by a person, and is tried without effect") {
  Delos delos({"delos", "bleu", "bsi"});
  const auto id = delos.open("for the authority");
  const auto words = "incident release " + id.substr(0, 10) + " --to ";
  CHECK(delos.line.run(words + "nowhere").exit == 4);
  CHECK(delos.line.run("incident release " + id).exit == 2);
  CHECK(delos.line.run(words + "bsi --as nobody").exit == 4);
  CHECK(delos.line.document(words + "bsi --dry-run").at("dry_run") == true);
  CHECK(delos.shown(id).at("released").as_array().empty());
  CHECK(text_of_key(delos.line.document(words + "bsi"), "to") == "bsi");
  CHECK(delos.federation.eventually([&] {
    const auto released = delos.shown(id).at("released").as_array();
    return released.size() == 1 && released.at(0).at("to") == "bsi" &&
           released.at(0).at("by").as_string().find("duty") != json::string::npos;
  }));
}
