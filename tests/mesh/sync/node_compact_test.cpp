#include "tests/mesh/sync/aging_nodes.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;
using Rig = AgingNodes;

TEST_CASE("what has expired is dropped a day later, and not before; what has not stays") {
  Rig rig;
  const auto old = rig.say(delos, rig.indicator(delos, "old.example", 1h));
  const auto live = rig.say(delos, rig.indicator(delos, "live.example", 1000h));
  REQUIRE(rig.until([&] { return rig.holds(bleu, old.id) && rig.holds(bleu, live.id); }));
  rig.pass(24h);
  CHECK(rig.compact(bleu)->dropped == 0);
  CHECK(rig.node(bleu).compaction().droppable_bytes == 0);
  rig.pass(2h);
  CHECK(rig.node(bleu).compaction().droppable_bytes > 0);
  const auto trial = rig.compact(bleu, true);
  CHECK(trial->dropped == 1);
  CHECK(rig.holds(bleu, old.id));
  const auto done = rig.compact(bleu);
  REQUIRE(done);
  CHECK(done->dropped == 1);
  CHECK(done->records == 1);
  CHECK(done->bytes > 0);
  CHECK_FALSE(rig.holds(bleu, old.id));
  CHECK(rig.holds(bleu, live.id));
  CHECK(rig.holds(delos, old.id));
  CHECK(rig.compact(bleu)->dropped == 0);
  CHECK(rig.node(bleu).compaction().stubs == 1);
}

TEST_CASE("after a restart heads, audit and what is offered are as before, without the payload") {
  Rig rig;
  const auto old = rig.say(delos, rig.indicator(delos, "old.example", 1h));
  REQUIRE(rig.until([&] { return rig.holds(bleu, old.id); }));
  rig.pass(26h);
  const auto heads = rig.node(bleu).heads_digest("delos");
  REQUIRE(rig.compact(bleu)->dropped == 1);
  rig.restart(bleu);
  CHECK_FALSE(rig.holds(bleu, old.id));
  CHECK(rig.node(bleu).compaction().stubs == 1);
  CHECK(rig.node(bleu).compaction().last->dropped == 1);
  CHECK(rig.node(bleu).heads_digest("delos") == heads);
  REQUIRE(rig.connected(bleu, delos));
  const auto audit = verify_archive(rig.store(bleu), rig.federation.charter);
  REQUIRE(audit);
  CHECK(audit->ok);
  CHECK(audit->first_bad == "");
  CHECK(audit->dropped == 1);
  // The partner is not asked for it again, and both still agree.
  rig.say(delos, rig.note(delos, Tlp::green, to_all, "still here"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("still here"); }));
  CHECK_FALSE(rig.holds(bleu, old.id));
  CHECK(rig.node(bleu).heads_digest("delos") == rig.node(delos).heads_digest("bleu"));
}

TEST_CASE("a retracted indicator goes a day after its retraction, which stays until a week after") {
  Rig rig;
  const auto bad = rig.say(delos, rig.indicator(delos, "honest.example", 24h * 20));
  const auto word = rig.say(delos, rig.retraction(delos, bad.id));
  REQUIRE(rig.until([&] { return rig.holds(bleu, word.id); }));
  rig.pass(23h);
  CHECK(rig.compact(bleu)->dropped == 0);
  rig.pass(2h);
  REQUIRE(rig.compact(bleu)->dropped == 1);
  CHECK_FALSE(rig.holds(bleu, bad.id));
  CHECK(rig.holds(bleu, word.id));
  // The end of what it retracts is known although that is gone, also to the next process.
  rig.restart(bleu);
  rig.pass(24h * 20);
  CHECK(rig.compact(bleu)->dropped == 0);
  CHECK(rig.holds(bleu, word.id));
  rig.pass(24h * 8);
  CHECK(rig.compact(bleu)->dropped == 1);
  CHECK_FALSE(rig.holds(bleu, word.id));
}

TEST_CASE("the retraction of another organisation drops nothing") {
  Rig rig;
  const auto id = rig.say(delos, rig.indicator(delos, "evil.example", 24h * 20)).id;
  REQUIRE(rig.until([&] { return rig.holds(bleu, id); }));
  const auto word = rig.say(bleu, rig.retraction(bleu, id));
  REQUIRE(rig.until([&] { return rig.holds(delos, word.id); }));
  rig.pass(24h * 5);
  CHECK(rig.compact(bleu)->dropped == 0);
  CHECK(rig.compact(delos)->dropped == 0);
  CHECK(rig.holds(bleu, id));
}

TEST_CASE("with a clock that most partners contradict nothing is dropped") {
  Rig rig;
  const auto id = rig.say(delos, rig.indicator(delos, "evil.example", 1h)).id;
  REQUIRE(rig.until([&] { return rig.holds(bleu, id); }));
  (void)rig.universe.run_for(1s);
  rig.take_down(bleu);
  rig.machine(bleu).set_skew(30h);
  rig.open(bleu);
  REQUIRE(rig.until([&] { return rig.node(bleu).counters().clock_alarms > 0; }));
  const auto refused = rig.compact(bleu);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::refused);
  CHECK(rig.holds(bleu, id));
}

TEST_CASE("a newcomer gets all that is live, and asks for what is gone but once in a while") {
  Rig rig;
  std::vector<Digest> gone, live;
  for (int i = 0; i < 12; ++i) {
    gone.push_back(rig.say(delos, rig.indicator(delos, fmt::format("g{}.example", i), 1h)).id);
    if (i % 4 == 0)
      live.push_back(rig.say(delos, rig.indicator(delos, fmt::format("l{}.example", i), 500h)).id);
  }
  rig.pass(26h);
  CHECK(rig.compact(delos)->dropped == 12);
  rig.take_down(bleu);
  rig.forget(bleu);
  rig.open(bleu);
  REQUIRE(rig.until([&] {
    return std::all_of(live.begin(), live.end(), [&](const auto& id) { return rig.holds(bleu, id); });
  }));
  for (const auto& id : gone) CHECK_FALSE(rig.holds(bleu, id));
  const auto last = rig.say(delos, rig.indicator(delos, "new.example", 500h)).id;
  REQUIRE(rig.until([&] { return rig.holds(bleu, last); }));
}

TEST_CASE("what is dropped makes room in its author's quota, at once and after a restart alike") {
  Rig rig;
  rig.take_down(bleu);
  rig.author_bytes_max = 60'000;
  rig.open(bleu);
  REQUIRE(rig.until([&] { return rig.node(delos).reachable("bleu"); }));
  const std::string filler(4000, 'x');
  const auto fill = [&](std::string_view what) {
    std::vector<Digest> said;
    for (int i = 0; i < 20; ++i)
      said.push_back(
          rig.say(delos, rig.indicator(delos, fmt::format("{}{}{}.example", filler, what, i), 1h))
              .id);
    (void)rig.universe.run_for(1s);
    return said;
  };
  const auto held_of = [&](const std::vector<Digest>& said) {
    return std::count_if(said.begin(), said.end(), [&](const auto& id) { return rig.holds(bleu, id); });
  };
  const auto first = fill("a");
  const auto taken = held_of(first);
  REQUIRE(taken > 10);
  REQUIRE(taken < 20);
  REQUIRE(rig.node(bleu).counters().refused.at("quota") > 0);
  rig.pass(26h);
  REQUIRE(rig.compact(bleu)->dropped > 10);
  const auto second = fill("b");
  const bool restarts = GENERATE(false, true);
  if (restarts) rig.restart(bleu);
  // Stubs take up their share.
  CHECK(rig.until([&] { return held_of(first) + held_of(second) > 5; }));
}

TEST_CASE("a trial tells what the next compaction does, and what it signs again") {
  Rig rig;
  std::vector<Digest> live;
  for (int i = 0; i < 60; ++i) {
    rig.say(delos, rig.indicator(delos, fmt::format("old{}.example", i), 1h));
    if (i % 10 == 0)
      live.push_back(
          rig.say(delos, rig.indicator(delos, fmt::format("live{}.example", i), 500h)).id);
  }
  rig.pass(26h);
  const auto trial = rig.compact(delos, true);
  REQUIRE(trial);
  CHECK(trial->dropped == 60);
  CHECK(trial->checkpoints == 1);
  CHECK(trial->reappended == live.size());
  const auto done = rig.compact(delos);
  REQUIRE(done);
  CHECK(rig.same(*trial, *done));
  const auto next = rig.compact(delos, true);
  CHECK(rig.same(*next, *rig.compact(delos)));
}

TEST_CASE("a trial foresees which batches would leave a log in too many pieces") {
  Rig rig;
  for (int i = 0; i < 50; ++i) {
    rig.say(delos, rig.indicator(delos, fmt::format("old{}.example", i), 1h));
    rig.say(delos, rig.indicator(delos, fmt::format("live{}.example", i), 500h));
  }
  rig.pass(26h);
  const auto trial = rig.compact(delos, true);
  CHECK(trial->dropped == CompactionBook::holes_max);
  CHECK(trial->held_back == 50 - CompactionBook::holes_max);
  CHECK(rig.same(*trial, *rig.compact(delos)));
}

TEST_CASE("it runs by itself once an hour when enough has expired") {
  Rig rig;
  std::vector<Draft> drafts;
  std::string filler(4000, 'x');
  for (int i = 0; i < 4800; ++i)
    drafts.push_back(rig.indicator(delos, fmt::format("{}{}.example", filler, i), 1h));
  REQUIRE(rig.publish(delos, std::move(drafts)));
  rig.take_down(bleu);
  rig.pass(26h);
  REQUIRE(rig.until([&] { return rig.node(delos).compaction().stubs > 0; }, 61min));
  REQUIRE(rig.until([&] { return rig.node(delos).compaction().last.has_value(); }));
  CHECK(rig.node(delos).compaction().last->dropped == rig.node(delos).compaction().stubs);
  CHECK(rig.node(delos).compaction().droppable_bytes == 0);
}

TEST_CASE("a bundle has no stubs in it, and tells how many batches it left out") {
  Rig rig;
  const auto old = rig.say(delos, rig.indicator(delos, "old.example", 1h));
  const auto live = rig.say(delos, rig.indicator(delos, "live.example", 500h));
  (void)rig.universe.run_for(1s);
  rig.pass(26h);
  REQUIRE(rig.compact(delos)->dropped == 1);
  std::optional<Result<BundleReport>> sent, taken;
  const auto keep = [](Task<Result<BundleReport>> task,
                       std::optional<Result<BundleReport>>& out) -> Task<void> {
    auto done = co_await task;
    out.emplace(std::move(done));
  };
  rig.machine(delos).world().loop.spawn(keep(rig.node(delos).export_bundle({"bundle", "bleu", {}, {}, false}), sent));
  REQUIRE(rig.until([&] { return sent.has_value(); }));
  REQUIRE(*sent);
  CHECK((*sent)->dropped == 1);
  CHECK((*sent)->batches == 1);
  rig.node(delos).cut("bleu", true);
  rig.take_down(bleu);
  rig.forget(bleu);
  rig.open(bleu);
  const auto bytes = rig.machine(delos).world().disk.read("bundle", 1 << 20);
  REQUIRE(bytes);
  REQUIRE(rig.machine(bleu).world().disk.write_atomic("bundle", *bytes, FileMode::secret));
  rig.machine(bleu).world().loop.spawn(keep(rig.node(bleu).import_bundle("bundle", false), taken));
  REQUIRE(rig.until([&] { return taken.has_value(); }));
  REQUIRE(*taken);
  CHECK((*taken)->records == 1);
  CHECK((*taken)->gaps.size() == 1);  // Where the stub is: nobody has more of it.
  CHECK(rig.holds(bleu, live.id));
  CHECK_FALSE(rig.holds(bleu, old.id));
}

TEST_CASE("a comparison by content takes a stub for the batch that it is of") {
  Rig rig;
  const auto old = rig.say(delos, rig.indicator(delos, "old.example", 1h));
  REQUIRE(rig.until([&] { return rig.holds(bleu, old.id); }));
  (void)rig.universe.run_for(1s);
  rig.pass(26h);
  REQUIRE(rig.compact(bleu)->dropped == 1);
  std::optional<Result<Difference>> out;
  rig.machine(bleu).world().loop.spawn(
      [](Node& node, std::optional<Result<Difference>>& found) -> Task<void> {
        auto comparing = node.compare("delos");
        auto done = co_await comparing;
        found.emplace(std::move(done));
      }(rig.node(bleu), out));
  REQUIRE(rig.until([&] { return out.has_value(); }));
  REQUIRE(*out);
  CHECK((*out)->items_here == (*out)->items_there);
  CHECK((*out)->only_here.empty());
  CHECK((*out)->only_there.empty());
}
