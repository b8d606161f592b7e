#include "agents/bench/orders.hpp"

#include "tests/agents/bench/tocsin_program.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("values differ by number and by seed") {
  CHECK(value_of(1, 2) != value_of(1, 3));
  CHECK(value_of(1, 2) != value_of(2, 2));
  CHECK(order_for("a.example").at("value") == "a.example");
}

TEST_CASE("both operators sign the same terms beforehand") {
  mesh::RealWorld machine;
  auto& world = machine.world();
  const auto agents = machine.complete(TwoAgents::start(world, tests::tocsin_program(machine)));
  REQUIRE(agents);
  const auto absent = machine.complete(block_at_once(world, **agents, "/absent.json", 5));
  REQUIRE_FALSE(absent);
  const auto playbook = tests::source_root() / "playbooks/library/block-standing.json";
  REQUIRE(machine.complete(block_at_once(world, **agents, playbook, 5)));
  const auto listed =
      machine.complete((*agents)->order(TwoAgents::bleu, {"approval", "standing"}));
  REQUIRE(listed);
  const auto& terms = listed->at("standing").as_array();
  REQUIRE(terms.size() == 1);
  CHECK(terms[0].at("have").as_array().size() == 2);
  CHECK(terms[0].at("count") == 5);
}
