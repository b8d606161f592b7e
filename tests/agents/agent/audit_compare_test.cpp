#include "agents/agent/audit_compare.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

TEST_CASE("two operators that hold the same are told so, batch by batch") {
  Federation federation;
  federation.start_all();
  federation.call("delos", "ioc.add",
                  {{"type", "domain"}, {"value", "evil.example"}, {"tlp", "green"}});
  REQUIRE(federation.eventually([&] {
    return federation.call("bleu", "agent.status").at("indicators").to_number<int>() == 1;
  }));
  const auto same = federation.reply("bleu", "audit.compare", {{"with", "delos"}});
  REQUIRE(same.ok);
  CHECK(same.exit == 0);
  CHECK(same.result.at("ok").as_bool());
  CHECK(same.result.at("batches_here").to_number<int>() > 0);
  CHECK(same.result.at("batches_here") == same.result.at("batches_there"));
  CHECK(same.result.at("only_here").as_array().empty());
  CHECK(same.result.at("only_there").as_array().empty());
}

TEST_CASE("a comparison needs a partner of the federation that is connected") {
  Federation federation;
  federation.start("delos");
  CHECK(federation.reply("delos", "audit.compare", {}).exit == 2);
  CHECK(federation.reply("delos", "audit.compare", {{"with", "delos"}}).exit == 2);
  CHECK(federation.reply("delos", "audit.compare", {{"with", "nobody"}}).exit == 2);
  CHECK(federation.reply("delos", "audit.compare", {{"with", "bleu"}}).exit == 5);
}
