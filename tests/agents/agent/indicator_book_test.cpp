#include "agents/agent/indicator_book.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/agents/agent/desk.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace std::chrono_literals;
using mesh::IndicatorType;
using mesh::Pap;
using mesh::RecordKind;
using mesh::Tlp;
using tests::both_operators;
using tests::code;
using tests::AgentDesk;
using tests::Desks;

namespace {

constexpr mesh::Marking green{Tlp::green, Pap::green};

std::size_t held(AgentDesk& desk, std::string_view value) {
  return desk.book().with_value(IndicatorType::domain, value).size();
}
mesh::Draft retraction(AgentDesk& by, const Digest& target, mesh::Audience audience = {true, {}, {}}) {
  return {RecordKind::retraction, green, std::move(audience), mesh::LogClass::urgent,
          mesh::encode_retraction(by.services().header(RecordKind::retraction, green),
                                  {target, "honeypot", "duty", {}, {}})
              .value()};
}
mesh::Draft dispute(AgentDesk& by, const Digest& target, std::string why) {
  return {RecordKind::dispute, green, {true, {}, {}}, mesh::LogClass::case_,
          mesh::encode_dispute(by.services().header(RecordKind::dispute, green),
                               {target, std::move(why)})
              .value()};
}
mesh::Task<> collect(const IndicatorBook& book, std::size_t enough,
                     std::vector<std::string>& out) {
  co_await book.scan([](const mesh::IndicatorKey& key) { return key.value != "skipped.example"; },
                     [&](const IndicatorBook::Entry& entry) {
                       out.emplace_back(entry.body.value);
                       return out.size() < enough;
                     });
}

}  // namespace

TEST_CASE("an indicator matches while it is in force, and RED never does") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  desks.publish(delos, delos.indicator("evil.example", green, {true, {}, {}}, 60s));
  desks.publish(delos, delos.indicator("secret.example", {Tlp::red, Pap::green},
                                       {false, {}, {"bleu/ana", "delos/duty"}}));
  desks.publish(delos, delos.indicator("old.example", green, {true, {}, {}}, -1h));
  CHECK(held(delos, "evil.example") == 1);
  CHECK(held(delos, "other.example") == 0);
  CHECK(held(delos, "secret.example") == 0);
  CHECK(held(delos, "old.example") == 0);
  CHECK(delos.book().active() == 1);
  desks.pass(61s);
  CHECK(held(delos, "evil.example") == 0);
  CHECK(delos.book().active() == 0);
}

TEST_CASE("an indicator is found by its id and by a prefix that fits one only") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const auto id = desks.publish(delos, delos.indicator("evil.example"));
  const auto text = to_base32(id);
  CHECK(delos.book().find(text).value() == id);
  CHECK(delos.book().find(text.substr(0, 9)).value() == id);
  CHECK(code(delos.book().find("")) == "not_found");
  CHECK(code(delos.book().find("no id!!!")) == "not_found");
  CHECK(delos.book().find("evil.example").error().hint.find("ioc search") != std::string::npos);
  CHECK(code(delos.book().find(to_base32(Digest{}))) == "not_found");

  std::string shared;  // The first letter of two ids: 33 ids share some.
  std::set<char> letters{text[0]};
  for (int i = 0; shared.empty(); ++i) {
    REQUIRE(i < 33);
    const auto other = desks.publish(delos, delos.indicator(fmt::format("e{}.example", i)));
    const auto letter = to_base32(other)[0];
    if (!letters.insert(letter).second) shared = letter;
  }
  CHECK(code(delos.book().find(shared)) == "usage");
}

TEST_CASE("an entry tells where an indicator came from, and other records have none") {
  Desks desks;
  desks.start_both();
  const auto id = desks.publish(desks.bleu(), desks.bleu().indicator("evil.example"));
  auto& book = desks.delos().book();
  REQUIRE(desks.until([&] { return book.entry(id) != nullptr; }));
  const auto entry = book.entry(id);
  CHECK(entry->found.org == "bleu");
  CHECK(entry->body.value == "evil.example");
  CHECK(entry->state == mesh::IndicatorState::active);
  CHECK(book.entry(Digest{}) == nullptr);
  CHECK(book.value_of(Digest{}).empty());
  const auto other = desks.publish(desks.delos(), dispute(desks.delos(), id, "ours"));
  CHECK(book.entry(other) == nullptr);
}

TEST_CASE("of several indicators of one value the facts are those that permit most") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const playbooks::BlockTarget target{IndicatorType::domain, "evil.example"};
  CHECK_FALSE(delos.book().facts(target));
  desks.publish(delos, delos.indicator("evil.example", {Tlp::green, Pap::red}));
  CHECK(delos.book().facts(target)->marking.pap == Pap::red);
  const auto best = desks.publish(delos, delos.indicator("evil.example"));
  desks.publish(delos, delos.indicator("evil.example", {Tlp::clear, Pap::amber}));
  CHECK(delos.book().facts(target)->id == best);
  CHECK(delos.book().facts(best)->value == "evil.example");
  CHECK_FALSE(delos.book().facts(Digest{}));
}

TEST_CASE("a retraction by its own organisation ends an indicator, also after a restart") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const auto id = desks.publish(delos, delos.indicator("evil.example"));
  desks.publish(delos, retraction(delos, id));
  CHECK(held(delos, "evil.example") == 0);
  CHECK(delos.book().facts(id)->retracted);
  CHECK(delos.book().entry(id)->state == mesh::IndicatorState::retracted);
  delos.stop();
  delos.start();
  CHECK(held(delos, "evil.example") == 0);
  CHECK(delos.book().entry(id)->state == mesh::IndicatorState::retracted);
}

TEST_CASE("an indicator that was shared in two scopes ends in both with one retraction") {
  Desks desks;
  desks.start_both();
  auto &delos = desks.delos(), &bleu = desks.bleu();
  const mesh::Marking amber{Tlp::amber, Pap::green};
  auto first = delos.indicator("evil.example", amber, both_operators);
  auto second = first;
  second.audience = {false, {"delos"}, {}};
  const auto id = desks.publish(delos, first);
  REQUIRE(desks.publish(delos, second) == id);
  CHECK(held(delos, "evil.example") == 2);
  CHECK(delos.book().active() == 2);
  REQUIRE(desks.until([&] { return held(bleu, "evil.example") == 1; }));
  desks.publish(delos, retraction(delos, id));
  CHECK(held(delos, "evil.example") == 0);
  CHECK(delos.book().active() == 0);
  REQUIRE(desks.until([&] { return held(bleu, "evil.example") == 0; }));
  delos.stop();
  delos.start();
  CHECK(held(delos, "evil.example") == 0);
  CHECK(delos.book().active() == 0);
}

TEST_CASE("a retraction by another organisation changes nothing and is logged") {
  Desks desks;
  desks.start_both();
  const auto id = desks.publish(desks.bleu(), desks.bleu().indicator("evil.example"));
  REQUIRE(desks.until([&] { return held(desks.delos(), "evil.example") == 1; }));
  desks.publish(desks.delos(), retraction(desks.delos(), id));
  desks.pass(1s);
  CHECK(held(desks.bleu(), "evil.example") == 1);
  CHECK(held(desks.delos(), "evil.example") == 1);
  CHECK(desks.bleu().machine().log().says("delos tried to retract an indicator of bleu"));
}

TEST_CASE("disputes are kept by organisation, to a bound") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const auto id = desks.publish(delos, delos.indicator("evil.example"));
  CHECK(delos.book().disputes_of(id).empty());
  desks.publish(delos, dispute(delos, id, "a false alarm"));
  REQUIRE(delos.book().disputes_of(id).size() == 1);
  CHECK(delos.book().disputes_of(id)[0].first == "delos");
  CHECK(delos.book().disputes_of(id)[0].second.why == "a false alarm");
  const auto again = dispute(delos, id, "again").record;
  for (std::size_t i = 0; i < DisputeBook::per_org_and_target_max + 5; ++i)
    delos.book().take_dispute(*mesh::view_record(again), "bleu");
  CHECK(delos.book().disputes_of(id).size() == DisputeBook::per_org_and_target_max + 1);
}

TEST_CASE("hosts of a hit are kept with their first time, to a bound, across a restart") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const auto id = desks.publish(delos, delos.indicator("evil.example"));
  const auto first = delos.services().now();
  delos.book().note_host(id, "mail-1", first);
  delos.book().note_host(id, "mail-1", first + 1h);
  delos.book().note_host(id, "", first);
  delos.book().note_host(id, std::string(256, 'h'), first);
  REQUIRE(delos.book().hosts_of(id).size() == 1);
  CHECK(delos.book().hosts_of(id)[0] == std::pair(std::string("mail-1"), first));
  for (std::size_t i = 0; i < IndicatorBook::hosts_per_indicator_max + 5; ++i)
    delos.book().note_host(id, "host-" + std::to_string(i), first);
  const auto all = delos.book().hosts_of(id);
  CHECK(all.size() == IndicatorBook::hosts_per_indicator_max);
  desks.pass(1s);
  delos.stop();
  delos.start();
  CHECK(delos.book().hosts_of(id) == all);
  CHECK(delos.book().hosts_of(Digest{}).empty());
}

TEST_CASE("a scan shows what is wanted in order of arrival, until it has enough") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  for (const auto* value : {"a.example", "skipped.example", "b.example", "c.example"})
    desks.publish(delos, delos.indicator(value));
  std::vector<std::string> all, some;
  delos.world().loop.spawn(collect(delos.book(), 100, all));
  delos.world().loop.spawn(collect(delos.book(), 2, some));
  desks.pass(1s);
  CHECK(all == std::vector<std::string>{"a.example", "b.example", "c.example"});
  CHECK(some == std::vector<std::string>{"a.example", "b.example"});
}

TEST_CASE("what is dropped leaves the tables, and what is signed again matches at its new place") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  for (int i = 0; i < 20; ++i)
    desks.publish(delos, delos.indicator(fmt::format("old{}.example", i), green, {true, {}, {}}, 60s));
  const auto live = desks.publish(delos, delos.indicator("live.example", green, {true, {}, {}}, 400h));
  const auto bad = desks.publish(delos, delos.indicator("bad.example", green, {true, {}, {}}, 400h));
  desks.publish(delos, delos.indicator("old.example", green, {true, {}, {}}, 60s));
  desks.publish(delos, delos.indicator("last.example", green, {true, {}, {}}, 400h));
  delos.machine().set_skew(25h);
  desks.publish(delos, retraction(delos, bad));
  const auto before = delos.book().entry(live)->found.ordinal;
  const auto compact = [&] {
    std::optional<Result<mesh::CompactionReport>> out;
    delos.world().loop.spawn(
        [](mesh::Node& node, std::optional<Result<mesh::CompactionReport>>& done) -> mesh::Task<> {
          auto task = node.compact(false);
          auto report = co_await std::move(task);
          done.emplace(std::move(report));
        }(*delos.node, out));
    REQUIRE(desks.until([&] { return out.has_value(); }));
    REQUIRE(*out);
    return **out;
  };
  const auto first = compact();
  CHECK(first.dropped == 21);
  CHECK(first.reappended == 2);
  CHECK(compact().dropped == 2);
  for (int restarted = 0; restarted < 2; ++restarted) {
    CHECK(held(delos, "live.example") == 1);
    CHECK(held(delos, "bad.example") == 0);
    CHECK(held(delos, "old.example") == 0);
    CHECK(delos.book().entry(live)->found.ordinal > before);
    CHECK(delos.book().entry(live)->state == mesh::IndicatorState::active);
    CHECK(delos.book().entry(bad)->state == mesh::IndicatorState::retracted);
    CHECK(delos.book().active() == 2);
    delos.stop();
    delos.start();
  }
}
