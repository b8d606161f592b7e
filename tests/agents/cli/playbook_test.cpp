#include "tests/agents/cli/joint_run.hpp"

using namespace tocsin;
using tests::Desk;
using tests::JointRun;
using tests::text_of_key;

TEST_CASE("a playbook that ships has no fault, without an agent") {
  Desk desk;
  auto line = desk.line("delos");
  const auto checked = line.document("playbook check " + JointRun::file());
  const auto& one = checked.at("playbooks").as_array().at(0).as_object();
  CHECK(one.at("problems").as_array().empty());
  CHECK(one.at("steps").to_number<int>() > 2);
  CHECK(text_of_key(one, "digest").size() == 52);
  CHECK(line.run("playbook check " + JointRun::file()).says("no fault"));
}

TEST_CASE("every fault of a playbook is told with its place, and the exit is 1") {
  Desk desk;
  auto line = desk.line("delos");
  auto document = tests::json::parse(tests::read_text(JointRun::file())).as_object();
  document["type"] = "song";
  document["workflow_start"] = "step--nowhere";
  desk.write("bad.json", tests::json::serialize(document));
  const auto said = line.run("playbook check --json " + desk.file("bad.json"));
  CHECK(said.exit == 1);
  const auto checked = said.document();
  const auto& problems = checked.at("playbooks").at(0).at("problems").as_array();
  CHECK(problems.size() >= 2);
  for (const auto& each : problems) CHECK_FALSE(text_of_key(each.as_object(), "text").empty());
  CHECK(line.run("playbook check " + desk.file("bad.json")).says(desk.file("bad.json") + ": "));

  const auto refused = line.error("playbook import " + desk.file("bad.json"), 1);
  CHECK(text_of_key(refused, "hint").find("lists all") != std::string::npos);
  desk.write("no.json", "not json");
  CHECK(line.run("playbook check " + desk.file("no.json")).exit == 1);
  CHECK(line.run("playbook check " + desk.file("absent.json")).exit == 1);
}

TEST_CASE("an import is tried without sharing, then gives the same digest everywhere") {
  tests::Federation federation;
  federation.start_all();
  tests::CommandLine delos(federation.machine(), federation.home("delos"));
  tests::CommandLine bleu(federation.machine(), federation.home("bleu"));
  const auto words = "playbook import " + JointRun::file();
  const auto tried = delos.document(words + " --dry-run");
  CHECK(delos.document("playbook list").at("playbooks").as_array().empty());
  const auto imported = delos.document(words);
  CHECK(imported.at("digest") == tried.at("digest"));
  CHECK(federation.eventually([&] {
    const auto there = bleu.document("playbook list").at("playbooks").as_array();
    return there.size() == 1 && there.at(0).at("digest") == imported.at("digest");
  }));
  const auto short_digest = text_of_key(imported, "digest").substr(0, 10);
  CHECK(bleu.document("playbook show " + short_digest).at("id") == imported.at("id"));
  CHECK(bleu.run("playbook show zzzz").exit == 1);
}
