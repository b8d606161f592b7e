#include "agents/agent/verbs.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

TEST_CASE("what one operator does with an incident the other sees") {
  Federation federation;
  federation.start_all();
  const auto opened =
      federation.call("delos", "incident.open", {{"title", "mail gateway is slow"}});
  const auto id = Federation::text(opened, "id");
  REQUIRE(federation.eventually(
      [&] { return federation.reply("bleu", "incident.show", {{"id", id}}).ok; }));
  federation.call("bleu", "incident.ack", {{"id", id.substr(0, 8)}, {"as", "duty"}});
  federation.call("bleu", "incident.note", {{"id", id}, {"text", "we see it too"}});
  federation.call("delos", "incident.severity", {{"id", id}, {"severity", "critical"}});
  CHECK(federation.eventually([&] {
    const auto shown = federation.call("delos", "incident.show", {{"id", id}});
    return Federation::text(shown, "state") == "acknowledged" &&
           Federation::text(shown, "severity") == "critical";
  }));
  const auto timeline = federation.call("delos", "incident.timeline", {{"id", id}});
  CHECK(timeline.at("timeline").as_array().size() >= 4);
}

TEST_CASE("bad orders about incidents are refused by name") {
  Federation federation;
  federation.start("delos");
  CHECK(federation.reply("delos", "incident.open").exit == 2);
  CHECK(federation.reply("delos", "incident.show", {{"id", "abcd"}}).exit == 1);
  const auto id =
      Federation::text(federation.call("delos", "incident.open", {{"title", "x"}}), "id");
  CHECK_FALSE(federation.reply("delos", "incident.severity", {{"id", id}, {"severity", "huge"}}).ok);
  CHECK(federation.reply("delos", "incident.merge", {{"id", id}, {"other", id}}).exit == 2);
  CHECK(federation.reply("delos", "incident.release", {{"id", id}, {"to", "nobody"}}).exit == 4);
  CHECK(federation.reply("delos", "incident.release", {{"id", id}, {"to", "bleu"}}).exit != 0);
}
