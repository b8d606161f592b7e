#include "agents/bench/block.hpp"

#include "tests/agents/bench/figure_in.hpp"
#include "tests/agents/bench/tocsin_program.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("what one operator shares is on the other's block list, after it was shared") {
  mesh::RealWorld machine;
  BlockOptions options{.count = 5, .program = tests::tocsin_program(machine)};
  options.playbook = tests::source_root() / "playbooks/library/block-standing.json";
  const auto out = measure_block(machine, options);
  REQUIRE(out);
  CHECK(tests::figure_in(*out, "blocks") == 5);
  CHECK(tests::figure_in(*out, "p50_ms") > 0);
  CHECK(tests::figure_in(*out, "p99_ms") >= tests::figure_in(*out, "p50_ms"));
}

TEST_CASE("a playbook that is not there ends the measurement") {
  mesh::RealWorld machine;
  const auto out = measure_block(machine, {.program = tests::tocsin_program(machine),
                                           .playbook = "/absent.json"});
  REQUIRE_FALSE(out);
  CHECK(out.error().message.find("/absent.json") != std::string::npos);
}
