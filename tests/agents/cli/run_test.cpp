#include "tests/agents/cli/joint_run.hpp"

using namespace tocsin;
using tests::JointRun;
using tests::text_of_key;

namespace {

bool frozen(tests::CommandLine& line) {
  return line.document("effect list").at("frozen") == true;
}
std::string state_of(tests::CommandLine& line, const std::string& run) {
  return text_of_key(line.document("run show " + run), "state");
}
tests::json::array active(tests::CommandLine& line) {
  return line.document("effect list --active").at("effects").as_array();
}

}  // namespace

TEST_CASE("a freeze needs a reason, is tried without effect, and ends with a thaw") {
  JointRun joint;
  auto& line = joint.delos;
  CHECK(line.run("effect freeze").exit == 2);
  CHECK(line.document("effect freeze --why odd --dry-run").at("dry_run") == true);
  CHECK_FALSE(frozen(line));
  CHECK(line.document("effect freeze --why odd").at("frozen") == true);
  CHECK(frozen(line));
  CHECK(line.run("effect thaw --dry-run").exit == 0);
  CHECK(frozen(line));
  CHECK(line.run("effect thaw").exit == 0);
  CHECK_FALSE(frozen(line));
}

TEST_CASE("a run is aborted by a short id, once, and not by trying to") {
  JointRun joint;
  const auto run = joint.start();
  CHECK(joint.delos.run("run abort zzzz").exit == 1);
  const auto words = "run abort " + run.substr(0, 10) + " --why mistake";
  const auto before = state_of(joint.delos, run);
  CHECK(joint.delos.document(words + " --dry-run").at("dry_run") == true);
  CHECK(state_of(joint.delos, run) == before);
  CHECK(joint.delos.run(words).exit == 0);
  CHECK(joint.federation.eventually([&] {
    return state_of(joint.delos, run) != before && JointRun::waiting(joint.bleu, run).empty();
  }));
}

TEST_CASE("a playbook is tried without starting a run") {
  JointRun joint;
  const auto words = fmt::format("playbook run {} --incident {} ", joint.playbook, joint.incident);
  CHECK(joint.delos.run(words + "--dry-run").exit == 2);
  CHECK(joint.delos.document(words + "--var value=evil.example --dry-run").at("state") == "dry-run");
  CHECK(joint.delos.document("run list").at("runs").as_array().empty());
  CHECK(joint.delos.document("approval list").at("approvals").as_array().empty());
}

TEST_CASE("a step that waits for no person cannot be reported done") {
  JointRun joint;
  const auto run = joint.start();
  const auto step = text_of_key(JointRun::waiting(joint.delos, run).front(), "step");
  CHECK(joint.delos.run(fmt::format("run done {} {}", run, step)).exit == 4);
  CHECK(joint.delos.run(fmt::format("run done {} nosuch", run)).exit == 1);
  CHECK(joint.delos.run(fmt::format("run done {} {} --output nothing", run, step)).exit == 2);
}

TEST_CASE("a block is shown with its end, tried to undo, and undone by id or by run") {
  JointRun joint;
  const auto run = joint.start();
  for (auto* line : {&joint.delos, &joint.bleu})
    for (const auto& entry : JointRun::waiting(*line, run))
      REQUIRE(line->run(JointRun::approve(entry)).exit == 0);
  REQUIRE(joint.federation.eventually([&] { return joint.blocks("delos", "evil.example") &&
                                                   joint.blocks("bleu", "evil.example"); }));
  const auto effects = active(joint.delos);
  REQUIRE_FALSE(effects.empty());
  const auto& effect = effects.at(0).as_object();
  for (const auto* key :
       {"id", "actuator", "target", "run", "indicator", "since", "until", "state"}) {
    INFO(key);
    CHECK(effect.contains(key));
  }
  CHECK(text_of_key(effect, "target") == "evil.example");
  CHECK(effect.at("until").is_string());

  CHECK(joint.delos.run("effect undo").exit == 2);
  CHECK(joint.delos.run("effect undo zzzz").exit == 1);
  CHECK(joint.delos.run("effect undo --run " + run + " --dry-run").exit == 0);
  CHECK(joint.blocks("delos", "evil.example"));
  CHECK(joint.delos.run("effect undo --run " + run.substr(0, 12) + " --why clean").exit == 0);
  CHECK(joint.federation.eventually([&] { return !joint.blocks("delos", "evil.example"); }));
}
