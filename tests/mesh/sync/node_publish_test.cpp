#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, delos = 1;

}  // namespace

TEST_CASE("the places of drafts come back in the order of the drafts") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos);
  const auto first = nodes.publish(delos, {nodes.note(delos, Tlp::green, to_all, "one"),
                                           nodes.note(delos, Tlp::amber, to_both, "two")});
  REQUIRE(first);
  REQUIRE(first->size() == 2);
  CHECK((*first)[0].log.scope.is_zero());
  CHECK_FALSE((*first)[1].log.scope.is_zero());
  const auto second = nodes.publish(delos, {nodes.note(delos, Tlp::amber, to_both, "three"),
                                            nodes.note(delos, Tlp::green, to_all, "four")});
  REQUIRE(second);
  CHECK((*second)[0].log == (*first)[1].log);
  CHECK((*second)[0].sequence == (*first)[1].sequence + 1);
  CHECK((*second)[1].log == (*first)[0].log);
  CHECK(nodes.notes(delos).durable.size() == 4);
}

TEST_CASE("nothing to publish is published at once") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos);
  CHECK(nodes.publish(delos, {})->empty());
}

TEST_CASE("a record that is there gives its old place, also twice in one call") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos);
  const auto draft = nodes.note(delos, Tlp::green, to_all, "once");
  const auto twice = nodes.publish(delos, {draft, draft});
  REQUIRE(twice);
  CHECK((*twice)[0].sequence == (*twice)[1].sequence);
  const auto again = nodes.publish(delos, {draft});
  REQUIRE(again);
  CHECK((*again)[0].log == (*twice)[0].log);
  CHECK((*again)[0].sequence == (*twice)[0].sequence);
  CHECK((*again)[0].id == crypto::blake2b(draft.record));
}

TEST_CASE("the same record for another audience is signed once more, for those") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(bleu);
  nodes.open(delos, {bleu});
  REQUIRE(nodes.connected(bleu, delos));
  auto draft = nodes.note(delos, Tlp::green, {false, {"delos"}, {}}, "first for us alone");
  const auto inside = nodes.publish(delos, {draft});
  REQUIRE(inside);
  (void)nodes.universe.run_for(2s);
  CHECK_FALSE(nodes.notes(bleu).has("first for us alone"));
  draft.audience = to_both;
  const auto released = nodes.publish(delos, {draft});
  REQUIRE(released);
  CHECK((*released)[0].log != (*inside)[0].log);
  CHECK(nodes.until([&] { return nodes.notes(bleu).has("first for us alone"); }));
}

TEST_CASE("the same record for two audiences in one moment reaches both") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(bleu);
  nodes.open(delos, {bleu});
  REQUIRE(nodes.connected(bleu, delos));
  auto draft = nodes.note(delos, Tlp::green, {false, {"delos"}, {}}, "written and released");
  std::optional<SimNodes::Places> inside, released;
  nodes.start_publishing(delos, {draft}, inside);
  draft.audience = to_both;
  nodes.start_publishing(delos, {draft}, released);
  REQUIRE(nodes.until([&] { return inside.has_value() && released.has_value(); }));
  CHECK((**inside)[0].log != (**released)[0].log);
  CHECK(nodes.until([&] { return nodes.notes(bleu).has("written and released"); }));
}

TEST_CASE("drafts of one moment share a batch, and urgent ones do not wait for others") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos);
  std::optional<SimNodes::Places> one, other;
  nodes.start_publishing(delos, {nodes.note(delos, Tlp::green, to_all, "a")}, one);
  nodes.start_publishing(delos, {nodes.note(delos, Tlp::green, to_all, "b")}, other);
  REQUIRE(nodes.until([&] { return one.has_value() && other.has_value(); }));
  CHECK((**one)[0].sequence == (**other)[0].sequence);

  std::optional<SimNodes::Places> slow, urgent;
  nodes.start_publishing(delos, {nodes.note(delos, Tlp::green, to_all, "c")}, slow);
  nodes.start_publishing(
      delos, {nodes.note(delos, Tlp::green, to_all, "d", LogClass::urgent)}, urgent);
  REQUIRE(nodes.until([&] { return urgent.has_value(); }));
  CHECK_FALSE(slow.has_value());
  REQUIRE(nodes.until([&] { return slow.has_value(); }));
}

TEST_CASE("a marking and an audience that do not go together are refused before signing") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos);
  const auto code = [&](Tlp tlp, Audience audience) {
    const auto done = nodes.publish(delos, {nodes.note(delos, tlp, std::move(audience), "x")});
    return done ? std::string("published") : std::string(name_of(done.error().code));
  };
  CHECK(code(Tlp::green, {}) == "marking");
  CHECK(code(Tlp::amber, to_all) == "marking");
  CHECK(code(Tlp::amber_strict, to_all) == "marking");
  CHECK(code(Tlp::red, to_both) == "marking");
  CHECK(code(Tlp::amber, {false, {}, {"delos/ana"}}) == "marking");
  CHECK(code(Tlp::amber, {false, {"acme", "delos"}, {}}) == "marking");
  CHECK(code(Tlp::red, {false, {}, {"bleu/ana", "delos/bob"}}) == "published");
  CHECK(nodes.notes(delos).durable.size() == 1);
}

TEST_CASE("a record that is not what its draft says is refused with all drafts beside it") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(bleu);
  nodes.open(delos);
  const auto good = nodes.note(delos, Tlp::green, to_all, "good");
  auto foreign = nodes.note(bleu, Tlp::green, to_all, "of another");
  auto marked = nodes.note(delos, Tlp::green, to_all, "marked");
  marked.marking.tlp = Tlp::clear;
  auto kind = nodes.note(delos, Tlp::green, to_all, "kind");
  kind.kind = RecordKind::incident;
  auto broken = good;
  broken.record.resize(5);
  for (const auto& bad : {foreign, marked, kind, broken}) {
    const auto done = nodes.publish(delos, {good, bad});
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::invalid);
  }
  CHECK(nodes.notes(delos).durable.empty());
}

TEST_CASE("a node that stops takes no more") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos);
  const auto draft = nodes.note(delos, Tlp::green, to_all, "late");
  nodes.node(delos).stop();
  CHECK(nodes.publish(delos, {draft}).error().code == Errc::closed);
}

TEST_CASE("after a start nothing is signed until a partner confirms or three seconds pass") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(delos, {bleu});
  const auto before = nodes.publish(delos, {nodes.note(delos, Tlp::green, to_all, "before")});
  REQUIRE(before);
  nodes.take_down(delos);
  nodes.open(delos, {bleu});
  std::optional<SimNodes::Places> after;
  nodes.start_publishing(delos, {nodes.note(delos, Tlp::green, to_all, "after")}, after);
  (void)nodes.universe.run_for(EpochGate::confirm_max - 1ms);
  CHECK_FALSE(after.has_value());
  REQUIRE(nodes.until([&] { return after.has_value(); }, 1s));
  CHECK((**after)[0].log.epoch != (*before)[0].log.epoch);
}

TEST_CASE("an epoch goes on beside a member that was never met, and not beside one that is gone") {
  constexpr std::size_t first = 0, gone = 1, own = 2;
  SimNodes nodes({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  nodes.open(first);
  nodes.open(own, {first, gone});
  REQUIRE(nodes.connected(first, own));
  const auto epoch_of = [&](const char* text) {
    const auto said = nodes.publish(own, {nodes.note(own, Tlp::green, to_all, text)});
    REQUIRE(said);
    return said->front().log.epoch;
  };
  const auto begun = epoch_of("begun");
  nodes.take_down(own);
  nodes.open(own, {first, gone});
  CHECK(epoch_of("gone on with") == begun);

  nodes.open(gone);
  REQUIRE(nodes.connected(gone, own));
  nodes.take_down(own);
  nodes.take_down(gone);
  nodes.open(own, {first, gone});
  CHECK(epoch_of("begun anew") != begun);
}

TEST_CASE("an agent whose disk forgot what it shared never signs the same place twice") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(bleu);
  nodes.open(delos, {bleu});
  REQUIRE(nodes.connected(bleu, delos));
  const auto before = nodes.publish(delos, {nodes.note(delos, Tlp::green, to_all, "shared")});
  REQUIRE(nodes.until([&] { return nodes.notes(bleu).has("shared"); }));
  nodes.take_down(delos);
  nodes.forget(delos);
  nodes.open(delos, {bleu});
  REQUIRE(nodes.connected(bleu, delos));
  const auto after = nodes.publish(delos, {nodes.note(delos, Tlp::green, to_all, "again")});
  REQUIRE(after);
  CHECK((*after)[0].log.epoch != (*before)[0].log.epoch);
  CHECK(nodes.until([&] { return nodes.notes(bleu).has("again"); }));
  CHECK(nodes.node(bleu).forks().empty());
}

TEST_CASE("a full store publishes nothing, keeps going, and its log goes on without a gap") {
  SimNodes nodes({{"bleu"}, {"delos"}});
  nodes.open(bleu);
  nodes.open(delos, {bleu});
  REQUIRE(nodes.connected(bleu, delos));
  const auto say = [&](const std::string& text, const Audience& to) {
    const auto tlp = to.all_members ? Tlp::green : Tlp::amber;
    return nodes.publish(delos, {nodes.note(delos, tlp, to, text)});
  };
  REQUIRE(say("first", to_all));
  nodes.disk(delos).size_max = nodes.disk(delos).bytes + 20'000;
  std::uint64_t last = 0, refused = 0;
  for (int i = 0; i < 20; ++i) {
    const auto said = say(fmt::format("note {}", i), to_all);
    if (said) last = said->front().sequence;
    else if (++refused; said.error().code != Errc::full) FAIL(said.error().message);
  }
  CHECK(last > 1);
  CHECK(refused > 10);
  CHECK(say("sealed", to_both).error().code == Errc::full);
  CHECK_FALSE(nodes.notes(delos).failed);
  CHECK(nodes.node(delos).reachable("bleu"));

  nodes.disk(delos).size_max = 1 << 30;
  nodes.until([] { return false; }, 2s);
  CHECK(say("goes on", to_all)->front().sequence == last + 1);
  REQUIRE(say("sealed", to_both));
  REQUIRE(nodes.until([&] { return nodes.notes(bleu).has("sealed"); }));
  CHECK(nodes.notes(bleu).has("goes on"));
  CHECK(nodes.node(bleu).heads_digest("delos") == nodes.node(delos).heads_digest("bleu"));
  nodes.take_down(delos);
  nodes.open(delos, {bleu});
  CHECK(nodes.notes(delos).has("sealed"));
}
