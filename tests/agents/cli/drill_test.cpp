#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using agents::cli::Call;
using agents::cli::Document;
using tests::Desk;

TEST_CASE("drill run hands its hook what was typed, and its verdict is the exit code") {
  Desk desk;
  auto line = desk.line("delos");
  std::string seen;
  line.hooks["drill run"] = [&seen](Call& call) -> Result<Document> {
    seen = fmt::format("{} seed={} simulate={} report={}", call.text("scenario"), call.text("seed"),
                       call.has("simulate"), call.text("report"));
    return Document{{{"passed", false}}, 1, "NOT PASSED\n", false};
  };
  const auto said = line.run("drill run rhine --seed 7 --report out.html");
  CHECK(seen == "rhine seed=7 simulate=false report=out.html");
  CHECK(said.exit == 1);
  CHECK(said.out == "NOT PASSED\n");
  const auto as_json = line.run("drill run --simulate --json");
  CHECK(seen == " seed= simulate=true report=");
  CHECK(as_json.document() == tests::json::object{{"passed", false}});
}

TEST_CASE("scenarios are listed as a table; a check needs a file") {
  Desk desk;
  auto line = desk.line("delos");
  line.hooks["drill list"] = [](Call&) -> Result<Document> {
    Document out;
    out.json["scenarios"] = tests::json::array{tests::json::object{
        {"name", "rhine"}, {"title", "A night on the Rhine"}, {"orgs", {"delos", "bleu"}},
        {"seconds", 60}}};
    return out;
  };
  CHECK(line.run("drill list").says("rhine  A night on the Rhine  delos, bleu"));
  CHECK(line.run("drill check").exit == 2);
  CHECK(line.run("bench match extra").exit == 2);
}
