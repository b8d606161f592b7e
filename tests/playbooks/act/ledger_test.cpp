#include "playbooks/act/ledger.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::playbooks {

TEST_CASE("a ledger reads back what it wrote and counts who holds a value") {
  tests::MemoryDisk disk;
  EffectOrder first{{}, *block_target("192.0.2.7"), {5}, {mesh::Tlp::amber, mesh::Pap::green}};
  auto second = first;
  first.id.data.fill(1);
  second.id.data.fill(2);
  {
    auto ledger = Ledger::open(disk, "x");
    REQUIRE(ledger);
    REQUIRE(ledger->add(first));
    REQUIRE(ledger->add(first));
    REQUIRE(ledger->add(second));
  }
  auto ledger = Ledger::open(disk, "x");
  REQUIRE(ledger);
  CHECK(ledger->effects().size() == 2);
  CHECK(ledger->effects().at(first.id).marking == first.marking);
  CHECK(ledger->targets().size() == 1);
  REQUIRE(ledger->remove(first.id));
  CHECK(ledger->targets().size() == 1);
  REQUIRE(ledger->remove(second.id));
  CHECK(ledger->targets().empty());
}

TEST_CASE("a damaged ledger is named with its line") {
  tests::MemoryDisk disk;
  disk.write("x", "garbage\n");
  const auto ledger = Ledger::open(disk, "x");
  REQUIRE_FALSE(ledger);
  CHECK(ledger.error().code == Errc::corrupt);
  CHECK(ledger.error().message.find("line 1") != std::string::npos);
}

}  // namespace tocsin::playbooks
