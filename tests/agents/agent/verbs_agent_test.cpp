#include "agents/agent/verbs.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

TEST_CASE("the status tells who, where and how much") {
  Federation federation;
  federation.start("delos", "[[input]]\nkind = \"syslog-tcp\"\nlisten = \"127.0.0.1:0\"\n"
                            "[http]\nlisten = \"127.0.0.1:0\"\n");
  const auto status = federation.call("delos", "agent.status");
  for (const char* key : {"org", "agent", "federation", "uptime_s", "peers", "records",
                          "indicators", "sightings", "rss_bytes", "inputs"})
    CHECK(status.contains(key));
  CHECK(Federation::text(status, "org") == "delos");
  const auto& inputs = status.at("inputs").as_array();
  REQUIRE(inputs.size() == 1);
  CHECK(inputs[0].at("kind").as_string() == "syslog-tcp");
  CHECK(inputs[0].at("listen").as_string() != "127.0.0.1:0");
}

TEST_CASE("peers are listed with their state") {
  Federation federation;
  federation.start_all();
  CHECK(federation.eventually([&] {
    const auto peers = federation.call("bleu", "peer.list").at("peers").as_array();
    return peers.size() == 1 && peers[0].at("state").as_string() == "connected" &&
           peers[0].at("org").as_string() == "delos" && peers[0].at("gateway") == true &&
           peers[0].at("suspect") == false;
  }));
  federation.stop("delos");
  CHECK(federation.eventually([&] {
    const auto peers = federation.call("bleu", "peer.list").at("peers").as_array();
    return peers[0].at("state").as_string() != "connected";
  }));
}

TEST_CASE("a partner without a shared secret is listed as one") {
  Federation federation;
  REQUIRE(federation.world().disk.remove(federation.home("bleu") / "psk/delos"));
  federation.start_all();
  const auto peers = federation.call("bleu", "peer.list").at("peers").as_array();
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].at("state") == "no_secret");
  CHECK(peers[0].at("secret") == "none");
  const auto theirs = federation.call("delos", "peer.list").at("peers").as_array();
  CHECK(theirs.at(0).at("secret") == "current");
}

TEST_CASE("unknown ids and kinds are refused by name") {
  Federation federation;
  federation.start("delos");
  CHECK(federation.reply("delos", "resolve", {{"kind", "incident"}, {"id", "abc"}}).exit == 1);
  CHECK(federation.reply("delos", "resolve", {{"kind", "ship"}, {"id", "abc"}}).exit == 2);
  CHECK(federation.reply("delos", "sighting.list", {{"since", "yesterday"}}).ok == false);
}
