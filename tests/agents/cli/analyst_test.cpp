#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
using tests::text_of_key;
namespace json = boost::json;

namespace {

std::string make(Desk& desk, const std::string& who, const std::string& root = "delos-root") {
  return fmt::format("analyst new {} --root-dir {}", who, desk.file(root));
}

void found_both(Desk& desk) {
  desk.found("delos");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
}

}  // namespace

TEST_CASE("a person gets keys in the person's own folder, with the roles that were named") {
  Desk desk;
  found_both(desk);
  auto line = desk.line("delos");
  const auto made = line.document(make(desk, "anna --role analyst --role approver"));
  const auto& person = made.at("analysts").as_array().at(0).as_object();
  CHECK(text_of_key(person, "name") == "anna");
  CHECK(text_of_key(person, "state") == "active");
  CHECK(person.at("roles") == json::array{"analyst", "approver"});
  CHECK(desk.exists("delos-keys/anna.key"));
  CHECK_FALSE(desk.exists("delos/analysts/anna.key"));
  CHECK(desk.exists("delos/analysts/anna.cert"));
}

TEST_CASE("without an agent the home's own persons are listed, none at first") {
  Desk desk;
  found_both(desk);
  auto line = desk.line("delos");
  CHECK(line.document("analyst list").at("analysts").as_array().empty());
  CHECK(line.run("analyst list").out == "no person is known\n");
  desk.must("delos", make(desk, "anna --role approver"));
  CHECK(line.run("analyst list").says("anna  delos         approver  active"));
}

TEST_CASE("a person needs a charter, a known role, a name of one's own and the home's root") {
  Desk desk;
  desk.found("delos");
  auto line = desk.line("delos");
  CHECK(line.error(make(desk, "anna --role approver"), 1).at("code") == "not_found");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
  CHECK(line.error(make(desk, "anna --role king"), 2).at("hint") ==
        "analyst, approver, drill_director, auditor or admin");
  CHECK(line.run(make(desk, "anna")).exit == 2);
  CHECK(line.run(make(desk, "../anna --role approver")).exit == 2);
  CHECK(line.run(make(desk, "anna --role approver", "bleu-root")).exit == 4);
  CHECK(line.run(make(desk, "anna --role approver", "no-root")).exit == 1);
  CHECK_FALSE(desk.exists("delos-keys/anna.key"));
  desk.must("delos", make(desk, "anna --role approver"));
  CHECK(line.error(make(desk, "anna --role approver"), 1).at("code") == "duplicate");
}

TEST_CASE("a running agent knows a new person at once, and its own and partners' are listed") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  const auto before = line.document("analyst list").at("analysts").as_array().size();
  const auto made = line.run(fmt::format("analyst new erika --role analyst --root-dir {}",
                                         federation.home("delos").string() + "-root"));
  REQUIRE(made.exit == 0);
  CHECK(made.err.empty());
  const auto listed = line.document("analyst list").at("analysts").as_array();
  CHECK(listed.size() == before + 1);
  CHECK(line.run("analyst list").says("erika"));
}
