#include "playbooks/runs/document.hpp"

#include <boost/json.hpp>

#include "tests/shared_data.hpp"
#include "tests/source_root.hpp"

namespace tocsin::playbooks {
namespace {

bool says(const CheckedPlaybook& checked, std::string_view text) {
  for (const auto& problem : checked.problems)
    if (problem.text.find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("the playbooks that ship are without problems and have CACAO's required fields") {
  const auto library = tests::source_root() / "playbooks" / "library";
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(library)) {
    if (file.path().extension() != ".json") continue;
    ++count;
    INFO(file.path().string());
    const auto text = tests::read_text(file.path());
    const auto checked = check_playbook(text);
    REQUIRE(checked);
    for (const auto& problem : checked->problems) UNSCOPED_INFO(problem.path + " " + problem.text);
    CHECK(checked->problems.empty());
    CHECK(checked->playbook.orgs == std::vector<std::string>{"bleu", "delos"});
    CHECK(check_members(checked->playbook, {"delos", "bleu"}));
    CHECK_FALSE(check_members(checked->playbook, {"delos"}));
    const auto json = boost::json::parse(text).get_object();
    for (const auto* key : {"type", "spec_version", "id", "name", "created_by", "created",
                            "modified", "workflow_start", "workflow"})
      CHECK(json.contains(key));
  }
  CHECK(count >= 5);
}

TEST_CASE("what the published examples use and is not offered is named with its step") {
  TOCSIN_NEEDS_DATA("cacao");
  const std::map<std::string, std::string> expected{
      {"soarca-examples/fin-playbook.json", "command type pong is not offered here"},
      {"soarca-examples/http-playbook.json", "command type http-api is not offered here"},
      {"soarca-examples/manual-playbook.json", "agent type soarca-manual is not offered here"},
      {"soarca-examples/openc2-playbook.json", "command type openc2 is not offered here"},
      {"soarca-examples/powershell-playbook.json", "command type powershell is not offered"},
      {"soarca-examples/ssh-playbook.json", "command type ssh is not offered here"},
      {"oasis-examples/basic-example-1.json", "command type ssh is not offered here"},
      {"oasis-examples/spec-3.1-example.json", "agent type group is not offered here"},
      {"oasis-examples/locky-bart-mbc-examples.json", "command type ftp is not offered here"}};
  for (const auto& [file, text] : expected) {
    INFO(file);
    const auto checked =
        check_playbook(tests::read_text(tests::shared_data() / "cacao" / file));
    REQUIRE(checked);
    CHECK(says(*checked, text));
    CHECK_FALSE(says(*checked, "never reached"));
  }
}

TEST_CASE("a document that is no playbook at all is refused as a whole") {
  CHECK(check_playbook("{").error().code == Errc::invalid);
  CHECK(check_playbook("[]").error().code == Errc::invalid);
  CHECK(check_playbook(std::string(300 * 1024, ' ')).error().code == Errc::too_large);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{\"a\":";
  CHECK(check_playbook(deep).error().code == Errc::too_large);
  const auto empty = check_playbook("{}");
  REQUIRE(empty);
  CHECK(empty->problems.size() >= 9);
}

}  // namespace tocsin::playbooks
