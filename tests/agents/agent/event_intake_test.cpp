#include "agents/agent/event_intake.hpp"

#include "tests/agents/agent/desk.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace std::chrono_literals;
using tests::AgentDesk;
using tests::Desks;

namespace {

struct Rig : Desks {
  Rig() {
    desk.start();
    id = publish(desk, desk.indicator("evil.example"));
    intake.emplace(desk.services());
  }
  ~Rig() { intake.reset(); }

  static mesh::Task<> give(EventIntake& intake, std::vector<std::string> texts,
                           std::vector<Rejection>& out) {
    std::vector<RawEvent> events;
    for (const auto& text : texts)
      events.push_back({bytes_of(text), EventFormat::json, "web-1", {}});
    auto rejected = co_await intake.take(events);
    REQUIRE(rejected.has_value());
    out = std::move(*rejected);
  }
  std::vector<Rejection> take(std::vector<std::string> texts) {
    std::vector<Rejection> out;
    desk.world().loop.spawn(give(*intake, std::move(texts), out));
    pass(100ms);
    return out;
  }
  /// Events counted in all sightings of the indicator.
  std::uint64_t seen() {
    std::uint64_t out = 0;
    for (const auto& total : desk.services().sightings.list({}))
      if (total.indicator == id) out += total.count;
    return out;
  }

  /// The same, of those that were published.
  std::uint64_t told() {
    std::uint64_t out = 0;
    for (std::uint64_t at = 0; at < desk.store->ordinals(); ++at)
      CHECK(desk.node->with_record(at, [&](const mesh::RecordView& record) {
        if (const auto sighting = playbooks::view_sighting(record)) out += sighting->count;
      }));
    return out;
  }

  AgentDesk& desk = delos();
  Digest id;
  std::optional<EventIntake> intake;
};

const std::string hit = R"({"dns.question.name":"evil.example","host.name":"mail-1"})";
const std::string miss = R"({"dns.question.name":"good.example"})";

}  // namespace

TEST_CASE("an event that names an indicator becomes a sighting at once, others do not") {
  Rig rig;
  CHECK(rig.take({miss}).empty());
  CHECK(rig.seen() == 0);
  CHECK(rig.take({miss, hit}).empty());
  CHECK(rig.seen() == 1);
}

TEST_CASE("further hits are told together when their window ends") {
  Rig rig;
  rig.take({hit});
  rig.take({hit, hit, hit});
  CHECK(rig.seen() == 4);
  CHECK(rig.told() == 1);
  rig.pass(11s);
  CHECK(rig.told() == 4);
}

TEST_CASE("a hit remembers the host that its event names, else the one that sent it") {
  Rig rig;
  rig.take({hit, R"({"dns.question.name":"evil.example"})"});
  std::set<std::string> hosts;
  for (const auto& [host, at] : rig.desk.book().hosts_of(rig.id)) hosts.insert(host);
  CHECK(hosts == std::set<std::string>{"mail-1", "web-1"});
}

TEST_CASE("an event that is none is rejected by its place, and the others are taken") {
  Rig rig;
  const auto rejected = rig.take({hit, "{not json", hit});
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0].index == 1);
  CHECK_FALSE(rejected[0].reason.empty());
  rig.pass(11s);
  CHECK(rig.seen() == 2);
}

TEST_CASE("a sighting goes where its indicator went, and no further") {
  Desks desks;
  desks.start_both();
  auto& delos = desks.delos();
  const auto id = desks.publish(
      delos, delos.indicator("evil.example", {mesh::Tlp::amber, mesh::Pap::green},
                             {false, {"delos"}, {}}));
  EventIntake intake(delos.services());
  std::vector<Rejection> rejected;
  delos.world().loop.spawn(Rig::give(intake, {hit}, rejected));
  desks.pass(3s);
  REQUIRE(delos.services().sightings.list({}).size() == 1);
  CHECK(delos.services().sightings.list({})[0].indicator == id);
  CHECK(desks.bleu().services().sightings.list({}).empty());
}

TEST_CASE("positions of followed files come back as they were kept") {
  Rig rig;
  StoredPositions positions(*rig.desk.store);
  CHECK_FALSE(positions.load("/var/log/a.json"));
  const FilePosition at{4096, 512, crypto::blake2b(bytes_of("head"))};
  positions.save("/var/log/a.json", at);
  const auto loaded = positions.load("/var/log/a.json");
  REQUIRE(loaded);
  CHECK(loaded->offset == 4096);
  CHECK(loaded->head_bytes == 512);
  CHECK(loaded->head == at.head);
  CHECK_FALSE(positions.load("/var/log/b.json"));
}
