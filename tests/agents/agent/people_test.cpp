#include "agents/agent/people.hpp"

#include "crypto/base_encoding.hpp"
#include "mesh/sync/revocation.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

namespace {

// What the command makes of a wish to revoke.
Bytes revocation(Federation& federation, const std::string& org, const AgentId& who,
                 std::vector<mesh::LastGood> last_good = {}) {
  const auto home = agents::read_home(federation.world().disk, federation.home(org));
  REQUIRE(home);
  const auto now = federation.world().clock.wall();
  const mesh::RecordHeader header{mesh::RecordKind::revocation,
                                  {mesh::Tlp::green, mesh::Pap::green}, now,
                                  crypto::agent_id_of(home->signing).prefix()};
  return mesh::encode_revocation(header, {org, who, now, "left", std::move(last_good)},
                                 federation.root_keys(org).root, home->charter->federation);
}

std::string state_of(Federation& federation, const std::string& at, std::string_view org) {
  const auto answer = federation.call(at, "analyst.list");
  for (const auto& each : answer.at("analysts").as_array())
    if (each.at("org").as_string() == org) return std::string(each.at("state").as_string());
  return "unknown";
}

}  // namespace

TEST_CASE("a person of one operator becomes known at the other") {
  Federation federation;
  federation.start_all();
  CHECK(federation.eventually([&] {
    const auto people = federation.call("bleu", "analyst.list").at("analysts").as_array();
    return people.size() == 2 && people[0].at("state").as_string() == "active";
  }));
}

TEST_CASE("the audit of an untouched store finds nothing wrong") {
  Federation federation;
  federation.start("delos");
  federation.call("delos", "incident.open", {{"title", "mail gateway is slow"}});
  const auto audit = federation.call("delos", "audit.verify");
  CHECK(audit.at("ok").as_bool());
  CHECK(audit.at("entries").to_number<int>() > 0);
  CHECK(audit.at("first_bad").is_null());
}

TEST_CASE("a person who was revoked is so on both sides, and no order of theirs is taken") {
  Federation federation;
  federation.start_all();
  REQUIRE(federation.eventually([&] { return state_of(federation, "bleu", "delos") == "active"; }));
  const auto record =
      revocation(federation, "delos", federation.person("delos").certificate.body.id());
  federation.call("delos", "agent.revoke", {{"record", to_base64(record)}});
  CHECK(state_of(federation, "delos", "delos") == "revoked");
  CHECK(federation.eventually([&] { return state_of(federation, "bleu", "delos") == "revoked"; }));
  CHECK(state_of(federation, "bleu", "bleu") == "active");

  const auto added = federation.call(
      "delos", "ioc.add", {{"type", "domain"}, {"value", "evil.example"}, {"tlp", "green"}});
  const auto id = Federation::text(added, "id");
  const auto home = agents::read_home(federation.world().disk, federation.home("delos"));
  const auto order = agents::sign_order(federation.person("delos"), home->charter->federation,
                                        "ioc.retract", {{"id", id}, {"why", "y"}},
                                        federation.world().clock.wall(),
                                        federation.world().entropy);
  REQUIRE(order);
  const auto refused = federation.reply(
      "delos", "ioc.retract",
      {{"id", id}, {"why", "y"}, {"analyst", "duty"}, {"order", to_base64(order->body)},
       {"signature", to_base64(order->signature.view())}});
  CHECK(refused.exit == 4);
  CHECK(refused.message.find("revoked") != std::string::npos);
  // A second word on it would not count, and is not taken for one that does.
  const auto again = federation.reply("delos", "agent.revoke", {{"record", to_base64(record)}});
  CHECK(again.exit == 1);
  CHECK(again.message.find("is revoked already") != std::string::npos);
}

TEST_CASE("only the own organisation's revocations are shared") {
  Federation federation;
  federation.start("delos");
  const auto foreign =
      revocation(federation, "bleu", federation.person("bleu").certificate.body.id());
  CHECK(federation.reply("delos", "agent.revoke", {{"record", to_base64(foreign)}}).exit == 4);
  auto forged = revocation(federation, "delos", federation.person("delos").certificate.body.id());
  forged.back() ^= 1;
  CHECK(federation.reply("delos", "agent.revoke", {{"record", to_base64(forged)}}).exit == 4);
  CHECK(federation.reply("delos", "agent.revoke", {{"record", "AAAA"}}).exit == 1);
  CHECK(federation.reply("delos", "agent.revoke", {}).exit == 2);
  CHECK(state_of(federation, "delos", "delos") == "active");
}

TEST_CASE("revocations that lie in the home are shared at the start and on a reload") {
  Federation federation;
  federation.start("delos");
  auto& disk = federation.world().disk;
  const auto folder = federation.home("delos") / "revocations";
  REQUIRE(disk.make_folders(folder, mesh::FileMode::shared));
  const auto put = [&](std::string_view name, ByteView bytes) {
    REQUIRE(disk.write_atomic(folder / name, bytes, mesh::FileMode::shared));
  };
  put("a-broken.record", bytes_of("nothing"));
  put("person.record",
      revocation(federation, "delos", federation.person("delos").certificate.body.id()));
  const auto reloaded = federation.reply("delos", "home.reload");
  CHECK(reloaded.message.find("a-broken.record") != std::string::npos);
  CHECK(state_of(federation, "delos", "delos") == "revoked");

  federation.stop("delos");
  federation.start("delos");
  CHECK(state_of(federation, "delos", "delos") == "revoked");
}

TEST_CASE("the heads of an own agent name its logs, or the batch that was asked for") {
  Federation federation;
  federation.start("delos");
  const auto added = federation.call(
      "delos", "ioc.add", {{"type", "domain"}, {"value", "evil.example"}, {"tlp", "green"}});
  const auto agent = Federation::text(federation.call("delos", "agent.status"), "agent");
  const auto heads = federation.call("delos", "agent.heads", {{"agent", agent}});
  CHECK(heads.at("logs").as_array().size() >= 2);
  const auto asked = federation.call(
      "delos", "agent.heads", {{"agent", agent}, {"log", added.at("log")}, {"sequence", "1"}});
  REQUIRE(asked.at("logs").as_array().size() == 1);
  CHECK(asked.at("logs").as_array()[0].at("sequence").to_number<int>() == 1);
  CHECK(federation.reply("delos", "agent.heads", {{"agent", "nobody"}}).exit == 1);
  CHECK(federation.reply("delos", "agent.heads",
                         {{"agent", agent}, {"log", added.at("log")}, {"sequence", "77"}})
            .exit == 1);
}
