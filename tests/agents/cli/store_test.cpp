#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
namespace json = boost::json;

TEST_CASE("store compact hands over what was typed and shows what was done") {
  tests::Federation federation;
  federation.start("delos");
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  const auto trial = line.document("store compact --dry-run");
  CHECK(trial.at("dry_run").as_bool());
  CHECK(trial.at("dropped").to_number<int>() == 0);
  CHECK_FALSE(line.document("store compact").at("dry_run").as_bool());
  CHECK(line.run("store compact --force").exit == 2);
  federation.stop("delos");
  CHECK(line.run("store compact").exit == 5);
}

TEST_CASE("store compact exits 3 when something could not be judged, 4 when a clock forbids it") {
  mesh::RealWorld machine;
  tests::ScratchFolder folder;
  tests::ServedAgent damaged(machine, folder.path() / "a"), doubtful(machine, folder.path() / "b");
  damaged.answers("store.compact", {{"unreadable", 2}}, 3);
  doubtful.refuses("store.compact", {Errc::refused, "most partners' clocks differ"});
  CHECK(tests::CommandLine(machine, folder.path() / "a").run("store compact").exit == 3);
  CHECK(tests::CommandLine(machine, folder.path() / "b").run("store compact").exit == 4);
}
