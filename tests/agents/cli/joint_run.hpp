// Two operators whose agents run, and the shipped playbook that blocks at both.
#pragma once

#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"
#include "tests/source_root.hpp"

namespace tocsin::tests {

class JointRun {
 public:
  JointRun() {
    for (const auto* org : {"delos", "bleu"})
      federation.start(org, fmt::format("[[actuator]]\nname = \"edl\"\nkind = \"edl\"\n"
                                        "path = \"{}\"\n",
                                        list(org).string()));
    incident = text_of_key(delos.document({"incident", "open", "--title", "odd log-ins"}), "id");
    const auto imported = delos.document("playbook import " + file());
    playbook = text_of_key(imported.at("playbooks").as_array().at(0).as_object(), "id");
    REQUIRE(federation.eventually([&] {
      return !bleu.document("playbook list").at("playbooks").as_array().empty() &&
             bleu.run("incident show " + incident).exit == 0 &&
             delos.document("analyst list").at("analysts").as_array().size() == 2 &&
             bleu.document("analyst list").at("analysts").as_array().size() == 2;
    }));
  }

  /// Starts a run at delos, and waits until its steps ask for signatures at both.
  std::string start(const std::string& value = "evil.example") {
    const auto run = text_of_key(delos.document(fmt::format("playbook run {} --incident {} --var "
                                                            "value={}",
                                                            playbook, incident, value)),
                                 "run");
    REQUIRE(federation.eventually(
        [&] { return waiting(delos, run).size() == 2 && waiting(bleu, run).size() == 2; }));
    return run;
  }
  /// The entries of `approval list` that are of this run.
  static std::vector<json::object> waiting(CommandLine& line, const std::string& run) {
    std::vector<json::object> out;
    const auto document = line.document("approval list");
    for (const auto& each : document.at("approvals").as_array())
      if (text_of_key(each.as_object(), "run") == run) out.push_back(each.as_object());
    return out;
  }
  static std::string approve(const json::object& entry) {
    return fmt::format("approve {} {} --digest {}", text_of_key(entry, "run"),
                       text_of_key(entry, "step"), text_of_key(entry, "digest"));
  }
  static std::string file() {
    return (source_root() / "playbooks" / "library" / "rhine-block.json").string();
  }
  /// The block list that the agent of `org` writes.
  agents::Path list(const std::string& org) { return federation.home(org) / "edl.txt"; }
  bool blocks(const std::string& org, const std::string& value) {
    const auto bytes = federation.world().disk.read(list(org), 1 << 20);
    return bytes && text_of(*bytes).find(value) != std::string_view::npos;
  }

  Federation federation;
  CommandLine delos{federation.machine(), federation.home("delos")};
  CommandLine bleu{federation.machine(), federation.home("bleu")};
  std::string incident, playbook;
};

}  // namespace tocsin::tests
