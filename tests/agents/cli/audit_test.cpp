#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;

TEST_CASE("the audit exits 0 on an empty chain and counts what was decided since") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  const auto empty = line.document("audit verify");
  CHECK(empty.at("ok") == true);
  CHECK(empty.at("first_bad").is_null());
  REQUIRE(line.run("incident open --title slow").exit == 0);
  const auto after = line.document("audit verify");
  CHECK(after.at("ok") == true);
  CHECK(after.at("entries").to_number<int>() > empty.at("entries").to_number<int>());
}
