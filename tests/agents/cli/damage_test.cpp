#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::text_of_key;

namespace {

struct Delos {
  Delos() { federation.start("delos"); }
  tests::Federation federation;
  tests::CommandLine line{federation.machine(), federation.home("delos")};
  tests::ScratchFolder folder;
  std::string write(const std::string& name, std::string_view text) {
    const auto path = folder.path() / name;
    REQUIRE(federation.world().disk.write_atomic(path, bytes_of(text), mesh::FileMode::shared));
    return path.string();
  }
  std::size_t assets() { return line.document("asset list").at("assets").as_array().size(); }
};

constexpr std::string_view csv =
    "id,name,kind,owner,country,criticality,rto,depends_on\n"
    "db-7,ledger,database,ops,DE,high,4h,\n"
    "web-1,shop,host,ops,DE,high,4h,db-7\n";

}  // namespace

TEST_CASE("an inventory is tried, then taken in, as CSV or JSON") {
  Delos delos;
  CHECK(delos.line.run("asset list").out == "nothing\n");
  const auto file = delos.write("inventory.csv", csv);
  const auto tried = delos.line.run("asset import " + file + " --dry-run --json");
  INFO(tried.out);
  CHECK(tried.exit == 0);
  CHECK(tried.document().at("imported") == 2);
  CHECK(delos.assets() == 0);
  CHECK(delos.line.run("asset import " + file).exit == 0);
  CHECK(delos.assets() == 2);
  const auto json = delos.write("more.json", "[{\"id\":\"mq-1\",\"name\":\"queue\"}]");
  CHECK(delos.line.run("asset import " + json).exit == 0);
  CHECK(delos.assets() == 3);
  CHECK(delos.line.document("asset show db-7").at("assets").as_array().size() == 1);
  CHECK(delos.line.run("asset show db-8").exit == 1);
}

TEST_CASE("bad rows are listed by line and the rest goes in; a bad file exits 1") {
  Delos delos;
  const auto file = delos.write("inventory.csv", "id,name\ndb-7,ledger\ndb-7,again\n");
  const auto said = delos.line.run("asset import " + file + " --json");
  CHECK(said.exit == 3);
  CHECK(said.document().at("rejected").at(0).at("line") == 3);
  CHECK(delos.assets() == 1);
  CHECK(delos.line.run("asset import " + delos.write("bad.csv", "colour\nred\n")).exit == 1);
  CHECK(delos.line.run("asset import " + (delos.folder.path() / "absent").string()).exit == 1);
}

TEST_CASE("damage and repair are asked for an incident that there is") {
  Delos delos;
  CHECK(delos.line.run("damage show zzzz").exit == 1);
  CHECK(delos.line.run("repair list zzzz").exit == 1);
  delos.line.run("asset import " + delos.write("inventory.csv", csv));
  const auto incident = text_of_key(delos.line.document("incident open --title slow"), "id");
  const auto assessed = delos.line.document("damage assess " + incident.substr(0, 10));
  for (const auto* key : {"assets", "services", "restore_order"}) {
    INFO(key);
    CHECK(assessed.contains(key));
  }
  CHECK(delos.line.document("repair list " + incident).at("tasks").as_array().empty());
  CHECK(delos.line.run("repair set " + incident + " db-7 restored").exit == 2);
  CHECK(delos.line.run("repair set " + incident + " db-7 sung --evidence x").exit != 0);
}
