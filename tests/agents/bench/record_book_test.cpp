#include "agents/bench/record_book.hpp"

#include "agents/bench/scratch.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("the book finds what was published and misses what was not") {
  mesh::RealWorld machine;
  machine.log().set_level(mesh::Level::warning);
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  const auto store = mesh::open_memory_store(world, mesh::make_memory_backing());
  RecordBook book(world);
  const auto node =
      mesh::Node::open(world, *store, operators->options(Operators::near), {&book});
  REQUIRE(node);
  auto indicators = make_indicators(100, 9);
  const auto last = indicators.back();
  indicators.pop_back();
  REQUIRE(machine.complete(publish_all(world, **node, indicators, mesh::Tlp::amber)));
  CHECK(book.verified() == 99);
  CHECK(machine.complete(book.wait_for(99, std::chrono::seconds(5))));
  CHECK(book.check(**node, indicators));
  indicators.push_back(last);
  CHECK(book.check(**node, indicators).error().code == Errc::corrupt);
}

TEST_CASE("waiting for more than comes ends in time") {
  mesh::RealWorld machine;
  RecordBook book(machine.world());
  const auto out = machine.complete(book.wait_for(1, std::chrono::milliseconds(5)));
  CHECK(out.error().code == Errc::timeout);
}
