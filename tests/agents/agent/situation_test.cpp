#include "agents/agent/situation.hpp"

#include "tests/agents/agent/desk.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

TEST_CASE("an open incident burns, and the next command is named") {
  Federation federation;
  federation.start("delos");
  CHECK(federation.call("delos", "now").at("incidents").as_array().empty());
  federation.call("delos", "incident.open", {{"title", "mail gateway is slow"}});
  const auto now = federation.call("delos", "now");
  CHECK(now.at("incidents").as_array().size() == 1);
  REQUIRE(now.at("next").as_array().size() == 1);
  CHECK(std::string(now.at("next").at(0).as_string()).starts_with("tocsin incident ack "));
}

TEST_CASE("the state digest changes with the state and is equal at both operators") {
  Federation federation;
  federation.start_all();
  const auto digest = [&](std::string org) {
    return Federation::text(federation.call(org, "agent.status"), "state_digest");
  };
  const auto before = digest("delos");
  CHECK(before == digest("bleu"));
  federation.call("delos", "incident.open", {{"title", "mail gateway is slow"}});
  CHECK(digest("delos") != before);
  CHECK(federation.eventually([&] { return digest("delos") == digest("bleu"); }));
}

TEST_CASE("attack 20: an agent whose charter was frozen until it ran out says so") {
  tests::Desks both;
  auto& desk = both.bleu();
  auto& body = desk.home.open.charter->body;
  body.expires = both.homes.universe.wall() + std::chrono::seconds(2);
  desk.start();
  const auto alarms = [&] {
    return agents::situation(desk.services(), {}).value().result.at("alarms").as_array();
  };
  CHECK(alarms().empty());
  both.pass(std::chrono::seconds(3));
  REQUIRE(alarms().size() == 1);
  CHECK(std::string(alarms().front().as_string()).find("the charter has expired") == 0);
}

TEST_CASE("a full store is an alarm") {
  tests::Desks both;
  auto& desk = both.bleu();
  desk.start();
  const auto alarms = [&] {
    return agents::situation(desk.services(), {}).value().result.at("alarms").as_array();
  };
  CHECK(alarms().empty());
  REQUIRE_FALSE(desk.store->promise(std::size_t(1) << 63));
  REQUIRE(alarms().size() == 1);
  CHECK(std::string(alarms().front().as_string()).find("store: full") == 0);
}
