#include "playbooks/damage/inventory.hpp"

#include "tests/catch.hpp"
#include "tests/playbooks/damage/damage_samples.hpp"

using namespace tocsin;
using namespace tocsin::tests;

TEST_CASE("imports add, replace, and tell what is amiss") {
  Inventory inventory("delos");
  const auto first = inventory.import({asset_of("a", {"b"}), asset_of("b", {"a"}),
                                       asset_of("c", {"ghost", "bleu:x", "delos:a"})}).value();
  CHECK(first.added == 3);
  CHECK(first.unresolved == std::vector<std::string>{"ghost"});
  REQUIRE(first.cycles.size() == 1);
  CHECK(first.cycles[0] == std::vector<std::string>{"a", "b"});
  CHECK(inventory.foreign(2).at(0).id == "x");
  CHECK(inventory.graph().depends_on[2] == std::vector<std::uint32_t>{0});
  CHECK(inventory.import({asset_of("a")})->replaced == 1);
}

TEST_CASE("a host is found by id or name, in any case and with its domain") {
  Inventory inventory("delos");
  auto asset = asset_of("srv-1");
  asset.name = "Shop.example";
  REQUIRE(inventory.import({asset}).has_value());
  CHECK(inventory.find_host("SRV-1").has_value());
  CHECK(inventory.find_host("srv-1.corp.example").has_value());
  CHECK(inventory.find_host("shop.example").has_value());
  CHECK_FALSE(inventory.find_host("srv-2").has_value());
}

TEST_CASE("ids, names and owners do not leave in a text") {
  Inventory inventory("delos");
  auto asset = asset_of("web-1.prod");
  asset.name = "Customer Portal";
  asset.owner = "Jane Roe";
  REQUIRE(inventory.import({asset}).has_value());
  CHECK(inventory.redact("WEB-1.prod (customer portal) of Jane Roe reimaged.") ==
        "[asset] ([asset]) of [owner] reimaged.");
  CHECK(inventory.redact("web-10.prod is another") == "web-10.prod is another");
}
