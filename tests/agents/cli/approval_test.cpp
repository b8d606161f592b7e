#include "tests/agents/cli/joint_run.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using tests::JointRun;
using tests::text_of_key;
namespace json = boost::json;

namespace {

bool has_signed(tests::CommandLine& line, const std::string& run) {
  for (const auto& entry : JointRun::waiting(line, run))
    if (entry.at("have") == json::array{"delos/duty"}) return true;
  return false;
}

}  // namespace

TEST_CASE("off a terminal a signature needs the digest that was seen, and no other") {
  JointRun joint;
  const auto run = joint.start();
  const auto entry = JointRun::waiting(joint.delos, run).front();
  const auto step = text_of_key(entry, "step"), digest = text_of_key(entry, "digest");
  const auto words = "approve " + run + " " + step;
  const auto unseen = joint.delos.error(words, 4);
  CHECK(text_of_key(unseen, "hint") == "add --digest " + digest);
  CHECK(joint.delos.error(words + " --digest " + std::string(52, 'a'), 4).at("code") == "refused");
  CHECK(joint.delos.run(words + " --digest " + digest + " --as nobody").exit == 4);
  CHECK(JointRun::waiting(joint.delos, run).front().at("have").as_array().empty());

  const auto signed_ = joint.delos.document(JointRun::approve(entry));
  CHECK(signed_.at("need") == 2);
  CHECK(joint.federation.eventually([&] { return has_signed(joint.delos, run); }));
}

TEST_CASE("keys that are not of this organisation sign nothing") {
  JointRun joint;
  const auto run = joint.start();
  const auto entry = JointRun::waiting(joint.delos, run).front();
  joint.delos.terminal.variables["TOCSIN_KEYS"] = joint.federation.home("bleu").string() + "-keys";
  CHECK(joint.delos.run(JointRun::approve(entry) + " --as duty").exit == 4);
  CHECK(JointRun::waiting(joint.bleu, run).front().at("have").as_array().empty());
}

TEST_CASE("on a terminal the step is shown and asked for: only a yes signs") {
  JointRun joint;
  const auto run = joint.start();
  const auto entry = JointRun::waiting(joint.delos, run).front();
  const auto step = text_of_key(entry, "step");
  auto& terminal = joint.delos.terminal;
  terminal.on_terminal = true;
  terminal.variables["NO_COLOR"] = "1";
  for (const auto* answer : {"", "n", "Yes please"}) {
    terminal.answers = {answer};
    const auto said = joint.delos.run("approve " + run + " " + step);
    CHECK(said.exit == 4);
    CHECK(said.complains("evil.example"));
    CHECK(said.complains(text_of_key(entry, "digest")));
    CHECK(said.complains("sign this? [y/N]"));
  }
  CHECK(JointRun::waiting(joint.delos, run).front().at("have").as_array().empty());
  terminal.answers = {"y"};
  CHECK(joint.delos.run("approve " + run.substr(0, 10) + " " + step).exit == 0);
  CHECK(joint.federation.eventually([&] { return has_signed(joint.delos, run); }));
}

TEST_CASE("one approver each of two operators blocks at both; a rejection blocks nowhere") {
  JointRun joint;
  const auto run = joint.start();
  for (auto* line : {&joint.delos, &joint.bleu})
    for (const auto& entry : JointRun::waiting(*line, run))
      CHECK(line->run(JointRun::approve(entry)).exit == 0);
  for (const auto* org : {"delos", "bleu"})
    CHECK(joint.federation.eventually([&] { return joint.blocks(org, "evil.example"); }));

  const auto other = joint.start("fine.example");
  for (const auto& entry : JointRun::waiting(joint.bleu, other)) {
    const auto words =
        fmt::format("reject {} {}", other, text_of_key(entry, "step"));
    CHECK(joint.bleu.run(words).exit == 2);
    CHECK(joint.bleu.run(words + " --why ours").exit == 0);
  }
  CHECK_FALSE(joint.blocks("delos", "fine.example"));
}

TEST_CASE("a step that does not wait, or that fits several runs, is not signed") {
  tests::Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  const auto entry = [](const char* run, const char* step) {
    return json::object{{"run", run},           {"step", step},      {"command", "block"},
                        {"targets", {"x"}},     {"digest", "abcd"},  {"have", json::array{}},
                        {"deadline", "2026-11-23T02:12:00.000Z"}};
  };
  agent.answers("approval.list",
                {{"approvals", json::array{entry("aabb", "action--1"), entry("aacc", "action--1"),
                                           entry("aacc", "action--12")}}});
  agent.answers("reject", {{"run", "aabb"}});
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(line.error("reject aa action--1 --why no", 2).at("code") == "usage");
  CHECK(line.error("reject aacc action--  --why no", 2).at("code") == "usage");
  CHECK(line.error("reject aabb action--2 --why no", 1).at("code") == "not_found");
  CHECK(line.error("reject bb action--1 --why no", 1).at("code") == "not_found");
  CHECK(agent.asked["reject"].empty());
}

TEST_CASE("nothing that waits is an empty list and a sentence") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(line.document("approval list").at("approvals").as_array().empty());
  CHECK(line.run("approval list --lang de").out == "nichts wartet auf eine Unterschrift\n");
}
