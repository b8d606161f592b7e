#include "agents/agent/people.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

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
