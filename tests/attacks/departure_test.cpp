// Attack 20: a member that was removed goes on signing, with times from before its removal.
#include "tests/attacks/hostile_agent.hpp"
#include "tests/departed.hpp"
#include "tests/mesh/sync/bundle_rig.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1, acme = 2, late = 3;
const std::vector<Federation::Org> four{{"bleu"}, {"delos"}, {"acme"}, {"late"}};

}  // namespace

TEST_CASE("attack 20: what a removed member dates back is withdrawn where it was heard, and refused elsewhere") {
  SimRig rig(four);
  rig.open(bleu);
  rig.open(delos);
  HostileAgent hostile(rig, acme);
  const auto long_ago = rig.universe.wall();
  const auto first = hostile.sign(hostile.log(), "while a member", long_ago);
  auto& to_bleu = hostile.dial(bleu);
  auto& to_delos = hostile.dial(delos);
  for (auto* line : {&to_bleu, &to_delos}) hostile.say(*line, mesh::BatchMessage{first.encoded, true});
  for (const auto at : {bleu, delos})
    REQUIRE(rig.until([&] { return rig.notes(at).has("while a member"); }));

  const auto ends = rig.node(bleu).heads_of_org("acme");
  REQUIRE(ends.size() == 1);
  rig.run_for(std::chrono::seconds(1));
  const auto next = without(rig.federation, "acme", ends, rig.universe.wall());
  rig.run_for(std::chrono::seconds(1));
  auto elsewhere = hostile.log();
  elsewhere.epoch = 2;
  const auto continued = hostile.sign(hostile.log(), "continued", long_ago, 2, first.id);
  const auto anew = hostile.sign(elsewhere, "in a new log", long_ago);
  for (const auto* batch : {&continued, &anew})
    hostile.say(to_delos, mesh::BatchMessage{batch->encoded, true});
  REQUIRE(rig.until([&] {
    return rig.notes(delos).has("continued") && rig.notes(delos).has("in a new log");
  }));

  for (const auto at : {bleu, delos})
    REQUIRE(rig.node(at).renew({.charter = next, .certificates = {}, .secrets = {}}));
  CHECK(rig.until([&] { return rig.node(delos).counters().withdrawn == 2; }));

  // One that has seen nothing yet learns what counts, and no more.
  rig.federation.charter = next;
  rig.open(late, {bleu, delos});
  CHECK(rig.until([&] { return rig.notes(late).has("while a member"); }));
  rig.run_for(std::chrono::seconds(10));
  for (const auto at : {bleu, late})
    for (const auto* text : {"continued", "in a new log"})
      CHECK_FALSE(rig.notes(at).verified.contains(text));
  CHECK(rig.node(late).counters().withdrawn == 0);
}

TEST_CASE("attack 20: a bundle brings nothing that a removed member dated back") {
  BundleRig rig(four, false);
  for (const auto at : {bleu, delos, acme}) rig.open(at);
  const auto hand_over = [&](std::size_t from, std::size_t to) {
    REQUIRE(rig.send(from, {{}, rig.federation.agents[to].org, {}, {}, false}));
    return rig.take(to).value();
  };
  rig.say(acme, mesh::Tlp::green, everybody, "while a member");
  hand_over(acme, bleu);
  hand_over(acme, delos);
  const auto ends = rig.node(bleu).heads_of_org("acme");
  rig.say(acme, mesh::Tlp::green, everybody, "dated back");
  hand_over(acme, delos);
  REQUIRE(rig.notes(delos).has("dated back"));
  rig.real.complete(mesh::sleep(rig.real.world().loop, std::chrono::milliseconds(5)));
  const auto next = without(rig.federation, "acme", ends, rig.real.world().clock.wall());

  REQUIRE(rig.node(bleu).renew({.charter = next, .certificates = {}, .secrets = {}}));
  rig.federation.charter = next;
  rig.open(late);
  for (const auto at : {bleu, late}) {
    REQUIRE(rig.send(delos, {{}, rig.federation.agents[at].org, {}, {}, false}));
    const auto trial = rig.take(at, "bundle", true).value();
    const auto report = rig.take(at).value();
    CHECK(trial.refused == report.refused);
    CHECK(trial.batches == report.batches);
    CHECK(report.refused.contains("revoked"));
    CHECK(rig.notes(at).has("while a member"));
    CHECK_FALSE(rig.notes(at).verified.contains("dated back"));
  }
}
