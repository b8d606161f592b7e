#include "playbooks/act/ledger.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::playbooks {
namespace {

EffectOrder some_effect() {
  EffectOrder out{{}, *block_target("192.0.2.7"), {5}, {mesh::Tlp::amber, mesh::Pap::green}};
  out.id.data.fill(1);
  return out;
}

}  // namespace

TEST_CASE("a ledger reads back what it wrote and counts who holds a value") {
  tests::MemoryDisk disk;
  const auto first = some_effect();
  auto second = first;
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

TEST_CASE("a ledger counts how often an effect was performed, also across a restart") {
  tests::MemoryDisk disk;
  const auto effect = some_effect();
  for (std::uint32_t times = 1; times <= 2; ++times) {
    auto ledger = Ledger::open(disk, "x");
    REQUIRE(ledger);
    REQUIRE(ledger->add(effect));
    CHECK(ledger->performed(effect.id) == times);
  }
  auto ledger = Ledger::open(disk, "x");
  REQUIRE(ledger);
  REQUIRE(ledger->remove(effect.id));
  CHECK(ledger->performed(effect.id) == 0);
}

TEST_CASE("a ledger from before effects were counted is read as performed once each") {
  tests::MemoryDisk disk;
  const auto effect = some_effect();
  disk.write("x", to_hex(effect.id.view()) + " 5 ipv4 amber green 192.0.2.7\n");
  const auto ledger = Ledger::open(disk, "x");
  REQUIRE(ledger);
  CHECK(ledger->performed(effect.id) == 1);
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
