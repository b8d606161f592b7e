#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
using tests::Federation;
using tests::text_of_key;

TEST_CASE("without a running agent its commands exit 5 and say how to start one") {
  Desk desk;
  auto line = desk.found("delos");
  for (const auto* words : {"agent status", "agent stop", "ioc stats", "incident list"}) {
    const auto error = line.error(words, 5);
    CHECK(error.at("code") == "unreachable");
    CHECK_FALSE(text_of_key(error, "hint").empty());
  }
}

TEST_CASE("status has what scripts read, and counts what the agent can read") {
  Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  REQUIRE(line.run("ioc add ipv4 192.0.2.7 --tlp green").exit == 0);
  const auto status = line.document("agent status");
  for (const auto* key : {"org", "agent", "federation", "uptime_s", "peers", "records",
                          "indicators", "sightings", "rss_bytes", "inputs"}) {
    INFO(key);
    CHECK(status.contains(key));
  }
  CHECK(text_of_key(status, "org") == "delos");
  CHECK(status.at("indicators") == 1);
  CHECK(status.at("inputs").as_array().empty());
}

TEST_CASE("a second agent of the organisation gets a home of its own, certified by the root") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
  auto line = desk.line("second");
  const auto words = fmt::format("agent add --org-home {} --listen 127.0.0.1:0 --root-dir ",
                                 desk.file("delos"));
  CHECK(line.run(words + desk.file("bleu-root")).exit == 4);
  CHECK_FALSE(desk.exists("second"));
  const auto added = line.document(words + desk.file("delos-root"));
  CHECK(text_of_key(added, "org") == "delos");
  CHECK(text_of_key(added, "home") == desk.path("second"));
  const auto first = tests::json::parse(desk.read("delos/agent.json")).as_object();
  CHECK(text_of_key(added, "agent") != text_of_key(first, "agent"));
  CHECK(text_of_key(line.document("charter show"), "name") == "test");
  CHECK(line.run(words + desk.file("delos-root")).exit == 4);
}

TEST_CASE("the daemon is run by its hook, with another configuration where one is named") {
  Desk desk;
  auto line = desk.line("delos");
  agents::Path config;
  line.hooks["agent run"] = [&config](agents::cli::Call& call) -> Result<agents::cli::Document> {
    config = call.path("config");
    return fail(Errc::full, "the store is full");
  };
  CHECK(line.error("agent run --config " + desk.file("other.toml"), 1).at("code") == "full");
  CHECK(config == desk.path("other.toml"));
}

TEST_CASE("an agent is certified again by its own root only") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.agree({"delos", "bleu"});
  auto line = desk.line("delos");
  CHECK(line.run("agent certify --root-dir " + desk.file("bleu-root")).exit == 4);
  CHECK(line.run("agent certify --root-dir " + desk.file("absent")).exit == 1);
  const auto done = line.document("agent certify --root-dir " + desk.file("delos-root"));
  CHECK(text_of_key(done, "org") == "delos");
  CHECK(done.contains("until"));
}
