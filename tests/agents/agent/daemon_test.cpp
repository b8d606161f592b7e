#include "agents/agent/daemon.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

TEST_CASE("two agents find each other and an indicator crosses the border") {
  Federation federation;
  federation.start_all();
  REQUIRE(federation.eventually(
      [&] { return federation.call("bleu", "agent.status").at("peers").to_number<std::uint64_t>() == 1; }));
  const auto added = federation.call(
      "delos", "ioc.add", {{"type", "domain"}, {"value", "Evil[.]Example"}, {"tlp", "green"}});
  CHECK(Federation::text(added, "value") == "evil.example");
  CHECK(federation.eventually([&] {
    const auto found = federation.call("bleu", "ioc.search", {{"text", "evil.example"}});
    return found.at("indicators").as_array().size() == 1;
  }));
}

TEST_CASE("what was acknowledged is there after a restart") {
  Federation federation;
  federation.start("delos");
  const auto added = federation.call(
      "delos", "ioc.add",
      {{"type", "ipv4"}, {"value", "203.0.113.7"}, {"tlp", "amber"}, {"pap", "green"}});
  federation.stop("delos");
  federation.start("delos");
  const auto shown = federation.call("delos", "ioc.show", {{"id", added.at("id")}});
  CHECK(Federation::text(shown, "value") == "203.0.113.7");
  CHECK(Federation::text(shown, "tlp") == "amber");
  CHECK(federation.call("delos", "agent.status").at("indicators").to_number<std::uint64_t>() == 1);
}

TEST_CASE("a second agent on one home is refused") {
  Federation federation;
  federation.start("delos");
  const auto second = agents::Daemon::start(
      federation.world(), {federation.home("delos"), {}, {}}, [](Result<void>) {});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::refused);
}
