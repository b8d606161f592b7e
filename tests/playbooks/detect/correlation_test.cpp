#include "playbooks/detect/correlation.hpp"

#include <random>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
constexpr std::int64_t minute = 60'000;

Digest digest(std::uint8_t number) {
  Digest out;
  out.data.fill(number);
  return out;
}
OrgSighting seen(const char* org, std::int64_t ms, std::uint8_t key = 7,
                 mesh::Marking marking = {}) {
  OrgSighting out;
  out.org = org;
  out.sighting.indicator = digest(1);
  out.sighting.value_key = digest(key);
  out.sighting.count = 1;
  out.sighting.first_seen.ms = out.sighting.last_seen.ms = ms;
  out.sighting.technique = "T1071.001";
  out.marking = marking;
  return out;
}
FederationId federation() {
  FederationId out;
  out.data.fill(9);
  return out;
}
JointDetection detection() { return JointDetection(federation(), {}); }
}  // namespace

TEST_CASE("the same indicator at two operators within the window opens one incident") {
  auto joint = detection();
  CHECK_FALSE(joint.add(seen("delos", 1000 * minute)));
  CHECK_FALSE(joint.add(seen("delos", 1001 * minute)));
  const auto opened = joint.add(seen("bleu", 1004 * minute));
  REQUIRE(opened);
  CHECK(opened->id == joint_incident_id(federation(), {}, digest(7), 100));
  CHECK(opened->orgs == std::vector<std::string>{"bleu", "delos"});
  CHECK(opened->technique == "T1071.001");
  CHECK(opened->first_seen.ms == 1000 * minute);
  CHECK_FALSE(joint.add(seen("bleu", 1004 * minute)));
  CHECK(joint.incidents().size() == 1);
}

TEST_CASE("other indicators, other times and one operator alone open nothing") {
  auto joint = detection();
  CHECK_FALSE(joint.add(seen("delos", 1000 * minute, 7)));
  CHECK_FALSE(joint.add(seen("bleu", 1000 * minute, 8)));
  CHECK_FALSE(joint.add(seen("bleu", 1010 * minute + 1, 7)));
  CHECK(joint.incidents().empty());
  CHECK(joint.add(seen("bleu", 1010 * minute, 7)));
}

TEST_CASE("a pair across a bucket's edge belongs to the later one") {
  auto joint = detection();
  joint.add(seen("delos", 1009 * minute));
  const auto opened = joint.add(seen("bleu", 1011 * minute));
  REQUIRE(opened);
  CHECK(opened->id == joint_incident_id(federation(), {}, digest(7), 101));
  CHECK(opened->first_seen.ms == 1009 * minute);
}

TEST_CASE("overlapping incidents merge, the smallest id wins and aliases resolve") {
  auto joint = detection();
  joint.add(seen("delos", 1001 * minute));
  joint.add(seen("bleu", 1002 * minute));
  joint.add(seen("delos", 1021 * minute));
  joint.add(seen("bleu", 1022 * minute));
  CHECK(joint.incidents().size() == 2);
  const auto merged = joint.add(seen("delos", 1012 * minute));
  REQUIRE(merged);
  CHECK(joint.incidents().size() == 1);
  CHECK(merged->aliases.size() == 2);
  std::set<IncidentId> ids;
  for (const std::int64_t bucket : {100, 101, 102})
    ids.insert(joint_incident_id(federation(), {}, digest(7), bucket));
  CHECK(merged->id == *ids.begin());
  for (const auto& id : ids) CHECK(joint.resolve(id) == merged->id);
  CHECK_FALSE(joint.resolve(IncidentId{}));
}

TEST_CASE("an incident inherits what all its markings permit") {
  auto joint = detection();
  joint.add(seen("delos", 1000 * minute, 7, {mesh::Tlp::green, mesh::Pap::green}));
  const auto opened =
      joint.add(seen("bleu", 1001 * minute, 7, {mesh::Tlp::amber, mesh::Pap::clear}));
  REQUIRE(opened);
  CHECK(opened->marking == mesh::Marking{mesh::Tlp::amber, mesh::Pap::green});
}

TEST_CASE("two sides that got the same sightings in any order hold the same incidents") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    std::vector<OrgSighting> all;
    const char* orgs[] = {"delos", "bleu", "third"};
    for (int i = 0; i < 60; ++i) {
      auto one = seen(orgs[random() % 3], 1000 * minute + std::int64_t(random() % (120 * minute)),
                      std::uint8_t(random() % 4 + 1),
                      {mesh::Tlp(random() % 4 + 1), mesh::Pap(random() % 4 + 1)});
      one.sighting.last_seen.ms += std::int64_t(random() % 20000);
      one.sighting.indicator = digest(std::uint8_t(random() % 3 + 1));
      one.sighting.technique = random() % 2 ? "T1071" : "T1110";
      all.push_back(one);
    }
    const auto side = [&] {
      auto joint = detection();
      auto mine = all;
      for (int i = 0; i < 30; ++i) mine.push_back(all[random() % all.size()]);
      std::shuffle(mine.begin(), mine.end(), random);
      std::map<IncidentId, JointIncident> announced;
      for (const auto& one : mine) joint.add(one);
      return joint.incidents();
    };
    const auto left = side(), right = side();
    REQUIRE_FALSE(left.empty());
    REQUIRE(left == right);
  }
}

TEST_CASE("what a side announces on the way ends in what it holds") {
  std::mt19937 random(5);
  auto joint = detection();
  std::set<IncidentId> announced;
  for (int i = 0; i < 300; ++i) {
    const auto changed = joint.add(seen(random() % 2 ? "delos" : "bleu",
                                        std::int64_t(random() % (900 * minute)), 1));
    if (changed) announced.insert(changed->id);
  }
  std::set<IncidentId> ends;
  for (const auto& id : announced) {
    const auto now = joint.resolve(id);
    REQUIRE(now);
    ends.insert(*now);
  }
  std::set<IncidentId> held;
  for (const auto& one : joint.incidents()) held.insert(one.id);
  CHECK(ends == held);
}

TEST_CASE("the state is bounded and the latest stays") {
  auto joint = detection();
  for (std::int64_t i = 0; i < 1000; ++i) {
    joint.add(seen("delos", i * 20 * minute));
    joint.add(seen("bleu", i * 20 * minute));
  }
  CHECK(joint.incidents().size() == JointDetection::buckets_max);
  CHECK(joint.incidents().front().orgs.size() == 2);
}

TEST_CASE("a rule may go by technique") {
  JointDetection joint(federation(), {"same-technique", JointKey::technique, std::chrono::minutes(10)});
  CHECK_FALSE(joint.add(seen("delos", 1000 * minute, 7)));
  CHECK(joint.add(seen("bleu", 1001 * minute, 8)));
  auto without = seen("bleu", 1001 * minute, 8);
  without.sighting.technique.clear();
  CHECK_FALSE(joint.add(without));
}
