#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
namespace json = boost::json;

namespace {

std::string new_charter(Desk& desk, const std::string& flags = "--exercise") {
  for (const auto* org : {"delos", "bleu"}) {
    desk.found(org);
    desk.must(org, "org card --out " + desk.file(std::string(org) + ".card"));
  }
  return fmt::format("charter new --name rhine {} --out {} {} {}", flags, desk.file("rhine"),
                     desk.file("delos.card"), desk.file("bleu.card"));
}

}  // namespace

TEST_CASE("a new charter is unsigned; its block policy wants one approver of two operators") {
  Desk desk;
  const auto words = new_charter(desk);
  const auto made = desk.line("delos").document(words);
  CHECK(made.at("signatures").as_array().empty());
  CHECK(made.at("version") == 1);
  CHECK(made.at("exercise") == true);
  CHECK(made.at("members").as_array().size() == 2);
  const auto& policies = made.at("policies").as_array();
  const auto block = std::find_if(policies.begin(), policies.end(),
                                  [](const auto& each) { return each.at("class") == "block"; });
  REQUIRE(block != policies.end());
  CHECK(block->at("orgs_distinct") == 2);
  CHECK(block->at("org_role") == "operator");
  CHECK(block->at("analyst_role") == "approver");
}

TEST_CASE("signing again changes nothing, and a member's signature that is missing is exit 4") {
  Desk desk;
  const auto words = new_charter(desk);
  desk.must("delos", words);
  auto line = desk.line("delos");
  const auto sign = "charter sign " + desk.file("rhine") + " --root-dir ";
  const auto once = line.document(sign + desk.file("delos-root"));
  CHECK(once.at("signatures") == json::array{"delos"});
  const auto file = desk.read("rhine");
  CHECK(line.document(sign + desk.file("delos-root")) == once);
  CHECK(desk.read("rhine") == file);

  const auto refused = line.error("charter accept " + desk.file("rhine"), 4);
  CHECK(tests::text_of_key(refused, "message").find("bleu") != std::string::npos);
  CHECK(line.run("charter show").exit == 1);

  desk.must("bleu", sign + desk.file("bleu-root"));
  desk.must("delos", "charter accept " + desk.file("rhine"));
  const auto shown = line.document("charter show");
  CHECK(shown.at("signatures") == json::array{"delos", "bleu"});
  CHECK(shown.at("federation") == once.at("federation"));
}

TEST_CASE("a root of nobody in the charter signs nothing") {
  Desk desk;
  desk.must("delos", new_charter(desk));
  desk.found("stranger");
  const auto before = desk.read("rhine");
  CHECK(desk.line("stranger")
            .run(fmt::format("charter sign {} --root-dir {}", desk.file("rhine"),
                             desk.file("stranger-root")))
            .exit == 4);
  CHECK(desk.read("rhine") == before);
}

TEST_CASE("only an exercise takes homes without a passphrase, and it says so everywhere") {
  Desk desk;
  const auto words = new_charter(desk, "");
  desk.must("delos", words);
  for (const auto* org : {"delos", "bleu"})
    desk.must(org, fmt::format("charter sign {} --root-dir {}", desk.file("rhine"),
                               desk.file(std::string(org) + "-root")));
  CHECK(desk.line("delos").run("charter accept " + desk.file("rhine")).exit == 4);

  Desk other;
  other.found("delos");
  other.found("bleu");
  other.agree({"delos", "bleu"});
  CHECK(other.line("delos").run("charter accept " + other.file("charter")).says("EXERCISE"));
}

TEST_CASE("a bad or missing file is named, and nothing is made of it") {
  Desk desk;
  const auto words = new_charter(desk);
  auto line = desk.line("delos");
  const auto missing = line.error(words + " " + desk.file("absent.card"), 1);
  CHECK(tests::text_of_key(missing, "message").find("absent.card") != std::string::npos);
  desk.write("bad.card", "{}");
  const auto bad = line.error(words + " " + desk.file("bad.card"), 1);
  CHECK(tests::text_of_key(bad, "message").find("bad.card") != std::string::npos);
  CHECK_FALSE(desk.exists("rhine"));
  CHECK(line.run(words + " --expires soon").exit == 2);
  CHECK(line.run("charter sign " + desk.file("absent") + " --root-dir " + desk.file("delos-root"))
            .exit == 1);
}

TEST_CASE("a charter in which a letter was changed is not accepted") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
  auto text = desk.read("charter");
  const auto at = text.find("\\\"DE\\\"");
  REQUIRE(at != std::string::npos);
  text[at + 2] = 'B';
  desk.write("charter", text);
  CHECK(desk.line("delos").run("charter accept " + desk.file("charter")).exit == 4);
}
