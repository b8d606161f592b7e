#include "tests/catch.hpp"
#include "tests/departed.hpp"
#include "tests/mesh/sync/bundle_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("agents that were never connected hold the same after a bundle each way") {
  BundleRig rig({{"bleu"}, {"delos"}});
  rig.say(1, Tlp::green, everybody, "open");
  rig.say(1, Tlp::amber, orgs({"bleu", "delos"}), "sealed");
  const auto sent = rig.send(1, {{}, "bleu", {}, {}, false});
  REQUIRE(sent);
  CHECK(sent->records == 3);
  CHECK(sent->bytes == *rig.real.world().disk.size(rig.file()));
  const auto taken = rig.take(0);
  REQUIRE(taken);
  CHECK(taken->records == 3);
  CHECK(taken->duplicates == 0);
  CHECK(taken->from_org == "delos");
  // It came back once all was durable.
  CHECK(rig.notes(0).durable == std::map<std::string, std::string>{{"open", "delos"},
                                                                   {"sealed", "delos"}});
  CHECK(rig.notes(0).verified == rig.notes(0).durable);

  rig.say(0, Tlp::amber, orgs({"bleu", "delos"}), "answer");
  REQUIRE(rig.send(0, {{}, "delos", {}, {}, false}));
  REQUIRE(rig.take(1));
  CHECK(rig.notes(1).durable["answer"] == "bleu");
  CHECK(rig.node(0).heads_digest("delos") == rig.node(1).heads_digest("bleu"));
}

TEST_CASE("what was imported survives a restart, with the key of its scope") {
  BundleRig rig({{"bleu"}, {"delos"}});
  rig.say(1, Tlp::amber, orgs({"bleu", "delos"}), "sealed");
  REQUIRE(rig.send(1, {{}, "bleu", {}, {}, false}));
  REQUIRE(rig.take(0));
  rig.close(0);
  rig.open(0);
  CHECK(rig.notes(0).has("sealed"));
}

TEST_CASE("a trial run tells what an import would bring, and keeps nothing") {
  BundleRig rig({{"bleu"}, {"delos"}});
  rig.say(1, Tlp::green, everybody, "first");
  REQUIRE(rig.send(1, {{}, "bleu", {}, {}, false}));
  const auto trial = rig.take(0, "bundle", true);
  REQUIRE(trial);
  CHECK(trial->records == 1);
  CHECK(rig.store(0).ordinals() == 0);
  REQUIRE(rig.take(0));
  const auto again = rig.take(0, "bundle", true);
  REQUIRE(again);
  CHECK(again->records == 0);
  CHECK(again->duplicates == 1);
}

TEST_CASE("an organisation carries sealed batches for another when it is asked to") {
  BundleRig rig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
  rig.say(2, Tlp::amber, orgs({"bleu", "delos"}), "for bleu");
  const auto asked = rig.send(2, {{}, "bsi", {"bleu"}, {}, false});
  REQUIRE(asked);
  CHECK(asked->refused.empty());
  const auto carried = rig.take(1);
  REQUIRE(carried);
  CHECK(carried->carried == 1);
  CHECK(rig.notes(1).durable.empty());
  // On it goes, by the next stick or over the mesh, to whom it is meant for.
  REQUIRE(rig.send(1, {rig.file("onward"), "bleu", {}, {}, false}));
  REQUIRE(rig.take(0, "onward"));
  CHECK(rig.notes(0).durable["for bleu"] == "bsi");
}

TEST_CASE("a bundle takes along the certificates that its readers lack") {
  BundleRig rig({{"bleu"}, {"delos", crypto::OrgRole::operator_, 2}}, false);
  rig.open(2);
  // Bleu's charter is from before the second agent was added.
  auto& known = rig.federation.charter.certificates;
  const auto& second = rig.federation.agents[2];
  std::erase(known, second.certificates.front().encoded);
  rig.open(0);
  rig.say(2, Tlp::green, everybody, "from the new agent");
  REQUIRE(rig.send(2, {{}, "bleu", {}, {}, false}));
  const auto taken = rig.take(0);
  REQUIRE(taken);
  CHECK(taken->records == 1);
  CHECK(taken->from_agent == "delos-2");
  CHECK(rig.notes(0).has("from the new agent"));
}

TEST_CASE("what is being published when somebody asks belongs into the bundle") {
  BundleRig rig({{"bleu"}, {"delos"}});
  bool published = false;
  const auto publishing = [](Node& node, Draft draft, bool& done) -> Task<void> {
    std::vector<Draft> drafts;
    drafts.push_back(std::move(draft));
    auto task = node.publish(std::move(drafts));
    const auto result = co_await std::move(task);
    done = result.has_value();
  };
  rig.real.world().loop.spawn(
      publishing(rig.node(1), rig.note(1, Tlp::green, everybody, "just now"), published));
  CHECK_FALSE(published);
  CHECK(rig.send(1, {{}, "bleu", {}, {}, false})->records == 1);
  CHECK(published);
}

TEST_CASE("one import brings all that counts of a former member, and a trial run says so") {
  constexpr std::size_t late = 0, holder = 1, gone = 2;
  BundleRig rig({{"bleu"}, {"delos"}, {"acme"}}, false);
  rig.open(holder);
  rig.open(gone);
  for (const auto* text : {"one", "two", "three", "four"})
    rig.say(gone, Tlp::green, everybody, text);
  for (const auto* text : {"sealed", "too"})
    rig.say(gone, Tlp::amber, orgs({"acme", "bleu", "delos"}), text);
  REQUIRE(rig.send(gone, {{}, "delos", {}, {}, false}));
  REQUIRE(rig.take(holder));
  rig.real.complete(sleep(rig.real.world().loop, std::chrono::milliseconds(5)));
  const auto next = without(rig.federation, "acme", rig.node(holder).heads_of_org("acme"),
                            rig.real.world().clock.wall());
  REQUIRE(rig.node(holder).renew({.charter = next, .certificates = {}, .secrets = {}}));
  rig.federation.charter = next;
  rig.open(late);
  REQUIRE(rig.send(holder, {{}, "bleu", {}, {}, false}));
  const auto trial = rig.take(late, "bundle", true);
  const auto taken = rig.take(late);
  REQUIRE(trial);
  REQUIRE(taken);
  for (const auto* report : {&*trial, &*taken}) {
    CHECK(report->refused.empty());
    CHECK(report->gaps.empty());
    CHECK(report->waiting == 0);
    CHECK(report->duplicates == 0);
    CHECK(report->batches >= 7);  // With that of the scope.
  }
  CHECK(trial->batches == taken->batches);
  for (const auto* text : {"one", "four", "sealed", "too"}) CHECK(rig.notes(late).has(text));
  CHECK(rig.take(late)->duplicates == taken->records);
}
