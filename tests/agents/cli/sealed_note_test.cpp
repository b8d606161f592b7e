#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

#include "crypto/base_encoding.hpp"

using namespace tocsin;
using tests::Federation;
using tests::text_of_key;
namespace json = boost::json;

namespace {

struct Both {
  Both() {
    federation.start_all();
    REQUIRE(federation.eventually(
        [&] { return delos.document("analyst list").at("analysts").as_array().size() == 2; }));
  }
  Federation federation;
  tests::CommandLine delos{federation.machine(), federation.home("delos")};
  tests::CommandLine bleu{federation.machine(), federation.home("bleu")};
};

}  // namespace

TEST_CASE("a RED value is read by the named person and by nobody else, nor found by searching") {
  Both both;
  const auto added = both.delos.document(
      "ioc add domain Secret.Example --tlp red --to bleu/duty --confidence 90 --label apt");
  const auto id = text_of_key(added, "id");
  REQUIRE(both.federation.eventually([&] { return both.bleu.run("ioc show " + id).exit == 0; }));
  const auto shown = both.bleu.document("ioc show " + id);
  CHECK(text_of_key(shown, "value") == "secret.example");
  CHECK(text_of_key(shown, "type") == "domain");
  CHECK(shown.at("labels") == json::array{"apt"});
  CHECK_FALSE(shown.contains("sealed"));

  CHECK(both.delos.error("ioc show " + id, 4).at("code") == "refused");
  CHECK(both.bleu.document("ioc search secret").at("indicators").as_array().empty());
  CHECK(both.bleu.document("agent status").at("indicators") == 0);
  both.bleu.terminal.variables["TOCSIN_KEYS"] = both.federation.home("delos").string() + "-keys";
  CHECK(both.bleu.run("ioc show " + id).exit != 0);
}

TEST_CASE("a RED value that is none is refused before anything is sealed") {
  Both both;
  CHECK(both.delos.run("ioc add ipv4 999.1.1.1 --tlp red --to bleu/duty").exit == 1);
  CHECK(both.delos.run("ioc add song la --tlp red --to bleu/duty").exit == 1);
}

TEST_CASE("an agent that hands over a false certificate cannot have a value sealed to it") {
  Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  // Of the right name, but certified by delos' root: bleu's does not vouch for it.
  const auto own = to_base64(federation.person("delos").certificate.encoded);
  const auto real = to_base64(federation.person("bleu").certificate.encoded);
  const auto entry = [](const std::string& certificate, const char* name, const char* state) {
    return json::object{
        {"org", "bleu"}, {"name", name}, {"state", state}, {"certificate", certificate}};
  };
  agent.answers("analyst.list",
                {{"analysts", json::array{entry(own, "duty", "active"),
                                          entry(real, "other", "active"),
                                          entry(real, "duty", "revoked")}}});
  agent.answers("ioc.add", {{"id", "abcd"}});
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  for (const auto* to : {"bleu/duty", "bleu/other", "nowhere/duty"})
    CHECK(line.error(fmt::format("ioc add ipv4 192.0.2.7 --tlp red --to {}", to), 4).at("code") ==
          "marking");
  CHECK(agent.asked["ioc.add"].empty());
}

TEST_CASE("the agent is given the boxes and the marking, never the value") {
  Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  agent.answers("analyst.list",
                {{"analysts", json::array{json::object{
                     {"org", "bleu"}, {"name", "duty"}, {"state", "active"},
                     {"certificate", to_base64(federation.person("bleu").certificate.encoded)}}}}});
  agent.answers("ioc.add", {{"id", "abcd"}});
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  REQUIRE(line.run("ioc add ipv4 192.0.2.7 --tlp red --to bleu/duty --expires 2d --dry-run").exit ==
          0);
  const auto args = agent.asked["ioc.add"].at(0);
  CHECK(json::serialize(args).find("192.0.2.7") == std::string::npos);
  CHECK(args.at("to") == json::array{"bleu/duty"});
  CHECK(args.at("expires") == "2d");
  CHECK(args.at("dry_run") == true);
  const auto box = from_base64(text_of_key(args.at("sealed").at(0).as_object(), "box"));
  REQUIRE(box);
  const auto home = agents::read_home(federation.world().disk, federation.home("bleu"));
  REQUIRE(home);
  const auto plain =
      agents::open_for_person(federation.person("bleu"), home->charter->federation, *box);
  REQUIRE(plain);
  CHECK(plain->find("192.0.2.7") != std::string::npos);
}
