#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("a playbook is found by digest, id or name, and nothing is guessed") {
  TwoOperators world;
  const auto digest = world.share(TwoOperators::shipped("block-address.json"));
  const auto& engine = *world.bleu.engine;
  CHECK((*engine.find_playbook(to_base32(digest).substr(0, 8)))->playbook.digest == digest);
  CHECK((*engine.find_playbook("Block one IPv4 address at both operators"))->playbook.digest ==
        digest);
  CHECK(engine.find_playbook("").error().code == Errc::not_found);
  CHECK(engine.find_playbook("nothing").error().code == Errc::not_found);
  auto text = TwoOperators::shipped("block-address.json");
  text.insert(text.size() - 1, " ");
  const auto other = world.share(text);
  CHECK(engine.find_playbook("Block one IPv4 address at both operators").error().code ==
        Errc::usage);
  CHECK((*engine.find_playbook(to_base32(other)))->playbook.digest == other);
}

TEST_CASE("runs are listed by time and found by a prefix that fits one of them") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  std::vector<RunId> started;
  for (const auto* value : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    started.push_back(world.start(playbook, value));
    world.tick(std::chrono::seconds(1));
  }
  const auto runs = world.bleu.engine->runs();
  REQUIRE(runs.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(runs[i].id == started[i]);
  CHECK(world.bleu.engine->run(to_base32(started[1]))->id == started[1]);
  CHECK(world.bleu.engine->run("").error().code == Errc::not_found);
  CHECK(world.bleu.engine->run("?").error().code == Errc::not_found);
}

TEST_CASE("what waits for a signature says all that will be signed, until it is over") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  const auto request = world.bleu.engine->approval(to_base32(run), step);
  REQUIRE(request);
  CHECK(request->org == "delos");
  CHECK(request->need == 2);
  CHECK(request->targets == std::vector<std::string>{"192.0.2.7"});
  CHECK(request->command == "block 192.0.2.7 at edl for 24h");
  CHECK_FALSE(request->digest.is_zero());
  CHECK(world.bleu.engine->approvals().size() == 2);
  REQUIRE(world.order(world.bleu, OrderKind::abort, run, {}, "bleu/luc"));
  world.exchange();
  CHECK(world.delos.engine->approvals().empty());
  CHECK(world.delos.engine->approval(to_base32(run), step).error().code == Errc::not_found);
}

TEST_CASE("effects that have ended are listed with the rest only") {
  TwoOperators world;
  const auto playbook = world.share(TwoOperators::shipped("block-address.json"));
  const auto run = world.start(playbook, "192.0.2.7");
  const auto step = world.step_of(playbook, "delos", "edl");
  REQUIRE(world.approve(world.delos, run, step, "delos/anna"));
  world.exchange();
  REQUIRE(world.approve(world.bleu, run, step, "bleu/luc"));
  world.exchange();
  CHECK(world.bleu.engine->effects(true).size() == 1);
  REQUIRE(world.order(world.delos, OrderKind::undo, run, {}, "delos/anna"));
  world.exchange();
  CHECK(world.bleu.engine->effects(true).empty());
  CHECK(world.bleu.engine->effects(false).size() == 1);
}

}  // namespace tocsin::tests
