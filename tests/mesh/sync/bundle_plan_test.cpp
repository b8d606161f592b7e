#include "mesh/sync/bundle_plan.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/bundle_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("only what the organisation is cleared for is chosen, and refusals are counted") {
  BundleRig rig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  rig.say(2, Tlp::green, everybody, "for all");
  rig.say(2, Tlp::amber, orgs({"bleu", "delos"}), "for operators");
  rig.say(2, Tlp::amber_strict, orgs({"bsi", "delos"}), "for the authority");
  const auto counted = [&](std::string to) {
    BundleOrder order{{}, std::move(to), {}, {}, true};
    const auto report = rig.send(2, order);
    REQUIRE(report);
    return *report;
  };
  // The keys of both scopes are for all to see, wrapped for their readers.
  CHECK(counted("bleu").records == 4);
  CHECK(counted("bleu").refused.at("not_in_audience") == 1);
  CHECK(counted("bsi").records == 4);
  CHECK_FALSE(rig.real.world().disk.exists(rig.file()));
  BundleOrder nobody{{}, "nobody", {}, {}, true};
  CHECK(rig.send(2, nobody).error().code == Errc::marking);
}

TEST_CASE("what the organisation wrote itself is not sent back to it") {
  BundleRig rig({{"bleu"}, {"delos"}});
  rig.say(1, Tlp::green, everybody, "there");
  REQUIRE(rig.send(1, {{}, "bleu", {}, {}, false}));
  REQUIRE(rig.take(0));
  REQUIRE(rig.until([&] { return rig.notes(0).has("there"); }));
  rig.say(0, Tlp::green, everybody, "back");
  const auto back = rig.send(0, {{}, "delos", {}, {}, true});
  REQUIRE(back);
  CHECK(back->records == 1);
}

TEST_CASE("what is older than --since stays, but never what others need to verify the rest") {
  BundleRig rig({{"bleu"}, {"delos"}});
  rig.say(1, Tlp::amber, orgs({"bleu", "delos"}), "old");
  REQUIRE(rig.until([&] { return rig.notes(1).has("old"); }));
  const auto before = rig.real.world().clock.wall();
  rig.real.complete(mesh::sleep(rig.real.world().loop, std::chrono::milliseconds(2)));
  const auto since = rig.real.world().clock.wall();
  REQUIRE(before < since);
  rig.say(1, Tlp::amber, orgs({"bleu", "delos"}), "new");
  const auto report = rig.send(1, {{}, "bleu", {}, since, false});
  REQUIRE(report);
  CHECK(report->records == 2);  // The key of the scope, and the new note.
  const auto taken = rig.take(0);
  REQUIRE(taken);
  REQUIRE(rig.until([&] { return rig.notes(0).has("new"); }));
  CHECK_FALSE(rig.notes(0).has("old"));
  REQUIRE(taken->gaps.size() == 1);
  CHECK(taken->gaps[0].range == SequenceRange{1, 1});
  CHECK(taken->gaps[0].org == "delos");
}

TEST_CASE("gaps are what lies between that which is held") {
  LogHead head;
  CHECK(gaps_of(head).empty());
  head.contiguous = 4;
  CHECK(gaps_of(head).empty());
  head.ranges = {{7, 8}, {10, 10}};
  CHECK(gaps_of(head) == std::vector<SequenceRange>{{5, 6}, {9, 9}});
  head.contiguous = 0;
  head.ranges = {{2, 2}};
  CHECK(gaps_of(head) == std::vector<SequenceRange>{{1, 1}});
}
