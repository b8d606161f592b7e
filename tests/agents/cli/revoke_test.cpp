#include "mesh/sync/revocation.hpp"

#include "tests/agents/cli/served_agent.hpp"

#include "crypto/base_encoding.hpp"

using namespace tocsin;
using tests::Desk;
using tests::text_of_key;
namespace json = boost::json;

namespace {

void found_with_anna(Desk& desk) {
  desk.found("delos");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
  desk.must("delos", "analyst new anna --role approver --root-dir " + desk.file("delos-root"));
}

std::vector<std::string> kept(Desk& desk) {
  const auto names = desk.machine().world().disk.list(desk.path("delos/revocations"));
  return names ? *names : std::vector<std::string>();
}

}  // namespace

TEST_CASE("a revoked person is listed as such, and the root's word lies ready for the agent") {
  Desk desk;
  found_with_anna(desk);
  auto line = desk.line("delos");
  const auto revoked =
      line.document("analyst revoke anna --why left --root-dir " + desk.file("delos-root"));
  CHECK(revoked.at("shared") == false);
  CHECK(revoked.at("analysts") ==
        json::array{json::object{{"name", "anna"}, {"state", "revoked"}, {"keys", 1}}});
  CHECK(kept(desk).size() == 1);
  CHECK(line.document("analyst list").at("analysts").at(0).at("state") == "revoked");
}

TEST_CASE("who is not known cannot be revoked, and another's root revokes nobody") {
  Desk desk;
  found_with_anna(desk);
  auto line = desk.line("delos");
  const auto root = " --why stolen --root-dir " + desk.file("delos-root");
  CHECK(line.run("analyst revoke nobody" + root).exit == 1);
  CHECK(line.run("agent revoke nobody" + root).exit == 1);
  CHECK(line.run("analyst revoke anna --root-dir " + desk.file("bleu-root")).exit == 4);
  CHECK(line.run("agent revoke delos --root-dir " + desk.file("delos-root")).exit == 2);
  CHECK(kept(desk).empty());
}

TEST_CASE("without a running agent nothing of a revoked agent's logs stays trusted") {
  Desk desk;
  found_with_anna(desk);
  auto line = desk.line("delos");
  const auto agent = text_of_key(json::parse(desk.read("delos/agent.json")).as_object(), "agent");
  const auto words = "agent revoke " + agent + " --why stolen --root-dir " + desk.file("delos-root");
  CHECK(line.run(words + " --last-good abc").exit == 2);
  CHECK(line.run(words + " --last-good abc:1").exit == 5);
  CHECK(kept(desk).empty());
  const auto revoked = line.document(words);
  CHECK(text_of_key(revoked, "agent") == agent);
  CHECK(revoked.at("last_good").as_array().empty());
  CHECK(kept(desk).size() == 1);
}

TEST_CASE("a running agent is handed the record that was kept") {
  Desk desk;
  found_with_anna(desk);
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.answers("agent.revoke", {{"agent", "anna"}});
  agent.answers("analyst.list", {{"analysts", json::array()}});
  auto line = desk.line("delos");
  const auto revoked = line.document("analyst revoke anna --root-dir " + desk.file("delos-root"));
  CHECK(revoked.at("shared") == true);
  const auto record = from_base64(text_of_key(agent.asked["agent.revoke"].at(0), "record"));
  REQUIRE(record);
  CHECK(desk.read("delos/revocations/" + kept(desk).at(0)) == text_of(*record));
}
