#include "agents/agent/verbs.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

namespace {

constexpr std::string_view inventory =
    "id,name,kind,owner,country,criticality,rto,depends_on\n"
    "db-1,db01,database,team-a,DE,critical,1h,\n"
    "web-1,web01,service,team-b,DE,high,4h,db-1\n";

}  // namespace

TEST_CASE("an inventory is imported, kept over a restart, and faults are listed") {
  Federation federation;
  federation.start("delos");
  const std::string text = std::string(inventory) + "db-1,again,database,x,DE,low,1h,\n";
  const auto reply = federation.reply("delos", "asset.import",
                                      {{"file", "assets.csv"}, {"document", text}});
  REQUIRE(reply.ok);
  CHECK(reply.exit == 3);
  CHECK(reply.result.at("rejected").as_array().size() == 1);
  federation.stop("delos");
  federation.start("delos");
  CHECK(federation.call("delos", "asset.list").at("assets").as_array().size() == 2);
  CHECK(federation.reply("delos", "asset.show", {{"id", "nope"}}).exit == 1);
}

TEST_CASE("a repair is recorded and both sides show the same ledger") {
  Federation federation;
  federation.start_all();
  federation.call("delos", "asset.import",
                  {{"file", "assets.csv"}, {"document", inventory}});
  const auto incident = Federation::text(
      federation.call("delos", "incident.open", {{"title", "database lost"}}), "id");
  federation.call("delos", "repair.set",
                  {{"incident", incident}, {"asset", "db-1"}, {"state", "compromised"},
                   {"evidence", "db01 shows a foreign process"}, {"as", "duty"}});
  federation.call("delos", "damage.assess", {{"incident", incident}});
  const auto own = federation.call("delos", "damage.show", {{"incident", incident}});
  CHECK(own.at("assets").as_array().size() == 2);
  CHECK(federation.eventually([&] {
    const auto there = federation.reply("bleu", "damage.show", {{"incident", incident}});
    return there.ok && there.result.at("digest") == own.at("digest") &&
           there.result.at("assets").as_array().size() == 2;
  }));
  const auto there = boost::json::serialize(
      federation.call("bleu", "damage.show", {{"incident", incident}}));
  CHECK(there.find("db01") == std::string::npos);
}
