#include "playbooks/runs/parse.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {

TEST_CASE("metadata of a wrong kind and unknown keys are named by path") {
  const auto parsed = parse_playbook(
      R"({"type":"playbok","spec_version":"1.1","id":"x","name":7,"workflow_strat":"s",
          "playbook_variables":{"value":{"type":"string"}},"workflow":{}})");
  REQUIRE(parsed);
  const auto has = [&](std::string_view path) {
    for (const auto& problem : parsed->problems)
      if (problem.path == path) return true;
    return false;
  };
  for (const auto* path : {"/type", "/spec_version", "/id", "/name", "/workflow_strat",
                           "/workflow_start", "/playbook_variables/value", "/created"})
    CHECK(has(path));
}

TEST_CASE("the marking of a document narrows its playbook") {
  const auto parsed = parse_playbook(R"({"markings":["m"],
      "data_marking_definitions":{"m":{"tlpv2_level":"TLP:AMBER"}}})");
  REQUIRE(parsed);
  CHECK(parsed->playbook.marking.tlp == mesh::Tlp::amber);
  CHECK(parsed->playbook.digest != parse_playbook("{}")->playbook.digest);
}

}  // namespace tocsin::playbooks
