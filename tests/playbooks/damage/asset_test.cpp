#include "playbooks/damage/asset.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

TEST_CASE("an inventory is read from CSV, and bad rows are named by line") {
  const auto import = read_assets_csv(
      "id,name,kind,owner,country,criticality,rto,depends_on\n"
      "db,Database,server,Ops,DE,critical,4h,\n"
      "web,Shop,service,Sales,DE,3,90m,db; bleu:idp\n"
      "db,Again,,,,,,\n"
      "bad id,,,,,,,\n"
      "x,,,,,enormous,,\n"
      "y,,,\n"
      "z,,,,,,,ghost\n").value();
  REQUIRE(import.assets.size() == 3);
  CHECK(import.assets[0].criticality == Criticality::critical);
  CHECK(import.assets[0].rto->count() == 240);
  CHECK(import.assets[1].depends_on == std::vector<std::string>{"bleu:idp", "db"});
  REQUIRE(import.rejected.size() == 4);
  CHECK(import.rejected[0].place == 4);
  CHECK(import.rejected[0].reason == "duplicate id 'db'");
  CHECK(import.rejected[3].place == 7);
  REQUIRE(import.unresolved.size() == 1);
  CHECK(import.unresolved[0].place == 8);
}

TEST_CASE("JSON says the same, and is written so that it reads back unchanged") {
  const auto import = read_assets(
      R"({"assets":[{"id":"db","criticality":4,"rto":30},{"id":"web","depends_on":["db"]},7,
         {"id":"q","colour":"red"}]})").value();
  REQUIRE(import.assets.size() == 2);
  CHECK(import.rejected.size() == 2);
  CHECK(import.rejected[0].place == 3);
  CHECK(read_assets(write_assets_json(import.assets))->assets == import.assets);
}

TEST_CASE("a document that is no inventory is an error") {
  CHECK_FALSE(read_assets("").has_value());
  CHECK_FALSE(read_assets("name,kind\na,b\n").has_value());
  CHECK_FALSE(read_assets("id,colour\na,b\n").has_value());
  CHECK_FALSE(read_assets("{\"a\":1}").has_value());
  CHECK_FALSE(read_assets(std::string(100'000, '[')).has_value());
}

TEST_CASE("recovery times have units") {
  CHECK(recovery_time_from("2d")->count() == 2880);
  CHECK(recovery_time_from("45")->count() == 45);
  for (const auto* text : {"", "h", "-1h", "4 h", "99999999999999999d"})
    CHECK_FALSE(recovery_time_from(text).has_value());
  CHECK(name_of(std::chrono::minutes(90)) == "90m");
}
