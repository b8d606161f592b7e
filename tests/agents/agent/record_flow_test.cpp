#include "agents/agent/record_flow.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/agents/agent/desk.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace std::chrono_literals;
using mesh::Pap;
using mesh::RecordKind;
using mesh::Tlp;
using tests::both_operators;
using tests::AgentDesk;
using tests::Desks;

namespace {

struct Lines final : LineSink {
  mesh::Task<Result<void>> line(json::object line) override {
    if (!line.empty()) seen.push_back(std::move(line));
    co_return Result<void>{};
  }
  std::size_t count(std::string_view kind) const {
    return std::size_t(std::count_if(seen.begin(), seen.end(), [&](const json::object& line) {
      return line.at("kind").as_string() == kind;
    }));
  }
  std::vector<json::object> seen;
};

struct Rig : Desks {
  Rig() {
    start_both();
    pass(2s);  // What comes while heads are compared is catch-up, and told as a number.
    bleu().services().tasks.spawn(watch(bleu().services().watch, lines));
  }
  ~Rig() {
    for (auto& desk : desks) desk->services().tasks.clear();
  }
  static mesh::Task<> watch(WatchHub& hub, LineSink& sink) {
    auto streaming = hub.stream({}, sink);
    (void)co_await std::move(streaming);
  }
  Digest shared(mesh::Marking marking = {Tlp::green, Pap::green},
                mesh::Audience audience = {true, {}, {}}) {
    const auto id =
        publish(delos(), delos().indicator("evil.example", marking, std::move(audience)));
    REQUIRE(until([&] { return bleu().book().entry(id) != nullptr; }));
    return id;
  }
  /// The record of a hit at this desk, as event intake would make it.
  mesh::Draft sighting(AgentDesk& at, const Digest& indicator, mesh::Audience audience) {
    const auto entry = at.book().entry(indicator);
    const playbooks::Sighting seen{
        indicator, entry->body.type,
        playbooks::value_key(entry->body.type, entry->body.value), 1, at.services().now(),
        at.services().now(), {}, "dns"};
    const auto marking = entry->header.marking;
    return {RecordKind::sighting, marking, std::move(audience), mesh::LogClass::urgent,
            playbooks::encode_sighting(at.services().header(RecordKind::sighting, marking),
                                       seen)};
  }
  mesh::Draft retraction(const Digest& target) {
    const mesh::Marking marking{Tlp::green, Pap::green};
    return {RecordKind::retraction, marking, {true, {}, {}}, mesh::LogClass::urgent,
            mesh::encode_retraction(delos().services().header(RecordKind::retraction, marking),
                                    {target, "honeypot", "duty", {}, {}})
                .value()};
  }
  std::vector<playbooks::Incident> incidents(AgentDesk& at) { return at.services().incidents.list(); }

  Lines lines;
};

}  // namespace

TEST_CASE("an indicator that arrives is told to those who watch, with its value") {
  Rig rig;
  rig.shared();
  rig.pass(100ms);
  REQUIRE(rig.lines.count("indicator") == 1);
  for (const auto& line : rig.lines.seen)
    if (line.at("kind").as_string() == "indicator") {
      CHECK(line.at("value").as_string() == "evil.example");
      CHECK(line.at("org").as_string() == "delos");
      CHECK(line.at("tlp").as_string() == "green");
    }
}

TEST_CASE("many records at once are told as their number") {
  Rig rig;
  std::vector<mesh::Draft> drafts;
  for (int i = 0; i < 40; ++i)
    drafts.push_back(rig.delos().indicator(fmt::format("e{}.example", i)));
  rig.delos().services().share(std::move(drafts));
  REQUIRE(rig.until([&] { return rig.bleu().book().active() == 40; }));
  rig.pass(100ms);
  CHECK(rig.lines.count("indicator") == 0);
  CHECK(rig.lines.count("batch") == 1);
}

TEST_CASE("the same indicator seen at both operators opens one incident at both") {
  Rig rig;
  const auto id = rig.shared();
  rig.publish(rig.delos(), rig.sighting(rig.delos(), id, {true, {}, {}}));
  rig.pass(2s);
  CHECK(rig.incidents(rig.delos()).empty());
  rig.publish(rig.bleu(), rig.sighting(rig.bleu(), id, {true, {}, {}}));
  REQUIRE(rig.until([&] {
    return rig.incidents(rig.delos()).size() == 1 && rig.incidents(rig.bleu()).size() == 1;
  }));
  const auto incident = rig.incidents(rig.bleu())[0];
  CHECK(incident.id == rig.incidents(rig.delos())[0].id);
  CHECK(incident.orgs == std::vector<std::string>{"bleu", "delos"});
  CHECK(incident.indicators == std::vector{id});
  CHECK(incident.title.find("evil.example") != std::string::npos);
  CHECK(rig.until([&] { return !rig.incidents(rig.bleu())[0].provisional; }));
  CHECK(rig.lines.count("incident") >= 1);
}

TEST_CASE("what a forked author says alerts, and sets nothing going until it is settled") {
  Rig rig;
  const auto id = rig.shared();
  rig.publish(rig.bleu(), rig.sighting(rig.bleu(), id, {true, {}, {}}));
  const auto draft = rig.sighting(rig.delos(), id, {true, {}, {}});
  mesh::BatchHeader header;
  header.log.agent = rig.delos().node->agent_id();
  const std::vector records{*mesh::view_record(draft.record)};
  mesh::Delivered batch{.header = header, .org = "delos", .agent = "delos", .live = true,
                        .audience = draft.audience, .records = records, .frozen = true};
  rig.bleu().flow->on_verified(batch);
  rig.bleu().flow->on_durable(batch);
  rig.pass(2s);
  CHECK(rig.lines.count("sighting") >= 1);
  CHECK(rig.incidents(rig.bleu()).empty());
  batch.frozen = false;
  rig.bleu().flow->on_durable(batch);
  CHECK(rig.incidents(rig.bleu()).size() == 1);
}

TEST_CASE("an incident of sightings in a circle stays in that circle") {
  Rig rig;
  const auto id = rig.shared({Tlp::amber, Pap::green}, both_operators);
  rig.publish(rig.delos(), rig.sighting(rig.delos(), id, both_operators));
  rig.publish(rig.bleu(), rig.sighting(rig.bleu(), id, both_operators));
  REQUIRE(rig.until([&] {
    return rig.incidents(rig.bleu()).size() == 1 && !rig.incidents(rig.bleu())[0].provisional;
  }));
  std::size_t openings = 0;
  for (std::uint64_t at = 0; at < rig.bleu().store->ordinals(); ++at) {
    const auto found = rig.bleu().node->at(at);
    REQUIRE(found->has_value());
    const auto view = mesh::view_record((*found)->record);
    if (view->header.kind != RecordKind::incident) continue;
    ++openings;
    CHECK((*found)->audience == both_operators);
    CHECK(view->header.marking.tlp == Tlp::amber);
  }
  CHECK(openings >= 1);
}

TEST_CASE("a retraction is confirmed by everybody who held the indicator, where it went") {
  Rig rig;
  const auto id = rig.shared();
  rig.publish(rig.delos(), rig.retraction(id));
  REQUIRE(rig.until([&] { return rig.delos().book().ledger().receipts(id).size() == 2; }));
  CHECK(rig.bleu().book().entry(id)->state == mesh::IndicatorState::retracted);
  CHECK(rig.bleu().book().ledger().unconfirmed("bleu").empty());
}

TEST_CASE("a retraction makes its sightings count no more") {
  Rig rig;
  const auto id = rig.shared();
  rig.bleu().services().sightings.merge(
      *playbooks::view_sighting(
          *mesh::view_record(rig.sighting(rig.bleu(), id, {true, {}, {}}).record)),
      "bleu", crypto::blake2b(bytes_of("a sighting")));
  REQUIRE_FALSE(rig.bleu().services().sightings.of(id).empty());
  rig.publish(rig.delos(), rig.retraction(id));
  CHECK(rig.until([&] { return rig.bleu().services().sightings.of(id).empty(); }));
}

TEST_CASE("a record whose fields are faulty is logged and changes nothing") {
  Rig rig;
  const mesh::Marking marking{Tlp::green, Pap::green};
  mesh::FieldWriter empty(rig.delos().services().header(RecordKind::sighting, marking));
  const auto id = rig.publish(rig.delos(), {RecordKind::sighting, marking, {true, {}, {}},
                                            mesh::LogClass::case_, std::move(empty).take()});
  CHECK(rig.until([&] {
    return rig.bleu().machine().log().says("record " + to_base32(id) + " of delos");
  }));
  CHECK(rig.bleu().services().sightings.list({}).empty());
}

TEST_CASE("beyond the values whose circle is known, no incident is made") {
  Rig rig;
  const auto id = rig.shared();
  auto& circles = rig.bleu().services().joint_audience;
  for (std::uint64_t i = 0; circles.size() < Services::joint_audiences_max; ++i) {
    ByteWriter number;
    number.u64(i);
    circles[crypto::blake2b(number.bytes())] = {{}, rig.bleu().services().now()};
  }
  rig.publish(rig.delos(), rig.sighting(rig.delos(), id, {true, {}, {}}));
  rig.publish(rig.bleu(), rig.sighting(rig.bleu(), id, {true, {}, {}}));
  rig.pass(1s);
  CHECK(circles.size() == Services::joint_audiences_max);
  CHECK(rig.bleu().machine().log().says("values are held already"));

  // Those that nobody sees any more make room.
  rig.pass(std::chrono::minutes(30));
  rig.publish(rig.delos(), rig.sighting(rig.delos(), id, {true, {}, {}}));
  rig.pass(1s);
  CHECK(circles.size() < 10);
}
