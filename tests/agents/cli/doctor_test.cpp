#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using tests::Desk;
using tests::text_of_key;
namespace json = boost::json;

namespace {

/// The level of the finding that says `what`; empty where there is none.
std::string level_of(tests::CommandLine& line, std::string_view what) {
  const auto document = line.document("doctor");
  for (const auto& each : document.at("findings").as_array()) {
    const auto& finding = each.as_object();
    CHECK(finding.contains("fix"));
    if (text_of_key(finding, "what").find(what) != std::string::npos)
      return text_of_key(finding, "level");
  }
  return {};
}

}  // namespace

TEST_CASE("it exits 0 whatever it finds, and 1 on red only when asked to be strict") {
  Desk desk;
  auto line = desk.line("delos");
  CHECK(line.run("doctor").exit == 0);
  CHECK(line.run("doctor --strict").exit == 1);
  CHECK(line.document("doctor").at("findings").at(0).at("level") == "red");
}

TEST_CASE("a root on the agent's disk is red, in the home, beside it, or a folder deeper") {
  Desk desk;
  auto line = desk.found("delos");
  CHECK(level_of(line, "delos-root") == "red");
  std::filesystem::create_directory(desk.path("usb"));
  std::filesystem::rename(desk.path("delos-root"), desk.path("usb/kept"));
  CHECK(level_of(line, "usb/kept") == "red");
  std::filesystem::rename(desk.path("usb/kept"), desk.path("delos/kept"));
  CHECK(level_of(line, "delos/kept") == "red");
  tests::ScratchFolder elsewhere;
  std::filesystem::rename(desk.path("delos/kept"), elsewhere.path() / "root");
  CHECK(level_of(line, "organisation root").empty());
  CHECK(line.run("doctor --strict").exit == 0);
}

TEST_CASE("what a new home lacks is yellow, each with its remedy") {
  Desk desk;
  auto line = desk.found("delos");
  for (const auto* what : {"keys stand in clear", "no charter", "no [[input]]", "[guard] lists",
                           "[guard] own", "does not answer"}) {
    INFO(what);
    CHECK(level_of(line, what) == "yellow");
  }
  desk.write("delos/agent.toml", "[agent]\norg = \"delos\"\nlisten = \"127.0.0.1:0\"\n"
                                 "[guard]\nlists = [\"gone.json\"]\nown = [\"192.0.2.0/24\"]\n");
  CHECK(level_of(line, "gone.json is not there") == "red");
  CHECK(level_of(line, "[guard] own").empty());
}

TEST_CASE("a partner without a shared secret is red, and the organisation itself is none") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
  auto line = desk.line("delos");
  CHECK(level_of(line, "no secret is shared with bleu") == "red");
  CHECK(level_of(line, "no secret is shared with delos").empty());
  desk.must("delos", "psk new --peer bleu --out " + desk.file("psk"));
  CHECK(level_of(line, "no secret is shared").empty());
}

TEST_CASE("partners that are not connected, and inputs that reject, are found at the agent") {
  tests::Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  agent.answers("peer.list",
                {{"peers", json::array{json::object{{"agent", "bleu-1"}, {"state", "unreachable"}},
                                       json::object{{"agent", "bsi-1"}, {"state", "revoked"}},
                                       json::object{{"agent", "acn-1"}, {"state", "connected"}}}}});
  agent.answers("agent.status",
                {{"inputs", json::array{json::object{{"kind", "hec"}, {"listen", "x"},
                                                     {"rejected", 7}}}}});
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(level_of(line, "bleu-1 is unreachable") == "yellow");
  CHECK(level_of(line, "bsi-1 is revoked") == "red");
  CHECK(level_of(line, "acn-1").empty());
  CHECK(level_of(line, "7 events could not be read") == "yellow");
}
