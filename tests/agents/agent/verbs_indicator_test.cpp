#include "agents/agent/verbs.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

namespace {

json::object add(Federation& federation, std::string value, std::string tlp = "green") {
  return federation.call("delos", "ioc.add",
                         {{"type", "auto"}, {"value", std::move(value)}, {"tlp", tlp},
                          {"pap", "green"}});
}

std::size_t found(Federation& federation, std::string text) {
  return federation.call("delos", "ioc.search", {{"text", std::move(text)}})
      .at("indicators").as_array().size();
}

}  // namespace

TEST_CASE("a search finds the value, what begins with it, and names below it") {
  Federation federation;
  federation.start("delos");
  add(federation, "evil.example");
  add(federation, "cdn.evil.example");
  add(federation, "notevil.example");
  add(federation, "203.0.113.7");
  CHECK(found(federation, "evil.example") == 2);
  CHECK(found(federation, "hxxp not found") == 0);
  CHECK(found(federation, "EVIL[.]example") == 2);
  CHECK(found(federation, "203.0.113.7") == 1);
  CHECK(found(federation, "203.0.") == 1);
  CHECK(found(federation, "") == 4);
  CHECK(federation.call("delos", "ioc.search", {{"text", ""}, {"limit", 2}})
            .at("indicators").as_array().size() == 2);
}

TEST_CASE("an id may be shortened to any unique prefix") {
  Federation federation;
  federation.start("delos");
  const auto id = Federation::text(add(federation, "evil.example"), "id");
  for (const std::size_t length : {std::size_t(6), std::size_t(13), id.size()})
    CHECK(Federation::text(
              federation.call("delos", "ioc.show", {{"id", id.substr(0, length)}}), "id") == id);
  CHECK(federation.reply("delos", "ioc.show", {{"id", "zzzzzz"}}).exit == 1);
  CHECK(federation.reply("delos", "ioc.show", {{"id", "0!"}}).exit == 1);
}

TEST_CASE("a retraction needs a person's order, counts once, and is confirmed by the partner") {
  Federation federation;
  federation.start_all();
  REQUIRE(federation.eventually(
      [&] { return federation.call("bleu", "agent.status").at("peers").to_number<std::uint64_t>() == 1; }));
  const auto id = Federation::text(add(federation, "evil.example", "amber"), "id");
  REQUIRE(federation.eventually(
      [&] { return federation.reply("bleu", "ioc.show", {{"id", id}}).ok; }));
  CHECK(federation.reply("delos", "ioc.retract", {{"id", id}, {"why", "honeypot"}}).exit == 4);

  const auto charter = agents::read_home(federation.world().disk, federation.home("delos"));
  const auto order = agents::sign_order(
      federation.person("delos"), charter->charter->federation, "ioc.retract",
      {{"id", id}, {"why", "honeypot"}}, federation.world().clock.wall(),
      federation.world().entropy);
  REQUIRE(order);
  const json::object args{{"id", id}, {"why", "honeypot"}, {"analyst", "duty"},
                          {"order", to_base64(order->body)},
                          {"signature", to_base64(order->signature.view())}};
  const auto other = federation.reply("bleu", "ioc.retract", args);
  CHECK(other.exit == 4);
  CHECK(federation.reply("delos", "ioc.retract", args).ok);
  CHECK(federation.reply("delos", "ioc.retract", args).exit == 4);
  REQUIRE(federation.eventually([&] {
    return federation.call("delos", "ioc.show", {{"id", id}})
               .at("receipts").as_array().size() == 2;
  }));
  const auto there = federation.call("bleu", "ioc.show", {{"id", id}});
  CHECK(Federation::text(there, "state") == "retracted");
  CHECK(federation.call("bleu", "agent.status").at("indicators").to_number<std::uint64_t>() == 0);

  // The retraction outlives a restart, which replays the indicator before it.
  federation.stop("bleu");
  federation.start("bleu");
  CHECK(Federation::text(federation.call("bleu", "ioc.show", {{"id", id}}), "state") ==
        "retracted");
}

TEST_CASE("an export holds only what its marking lets out") {
  Federation federation;
  federation.start("delos");
  add(federation, "clear.example", "clear");
  add(federation, "green.example", "green");
  add(federation, "amber.example", "amber");
  const auto lines = [&](json::object args) {
    args["format"] = "list";
    return Federation::text(federation.call("delos", "ioc.export", args), "text");
  };
  CHECK(lines({}) == "clear.example\n");
  CHECK(lines({{"tlp_max", "green"}}) == "clear.example\ngreen.example\n");
  CHECK(federation.reply("delos", "ioc.export", {{"format", "list"}, {"tlp_max", "red"}}).exit ==
        4);
}
