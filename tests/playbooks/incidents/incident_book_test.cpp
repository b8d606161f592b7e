#include "playbooks/incidents/incident_book.hpp"

#include <algorithm>

#include "crypto/base_encoding.hpp"
#include "tests/catch.hpp"
#include "tests/playbooks/incidents/incident_samples.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

/// A few incidents with everything that can happen to them.
std::vector<Sent> history(SeededEntropy& entropy) {
  std::vector<Sent> out;
  for (int i = 0; i < 40; ++i) {
    const auto draw = entropy.number();
    const auto n = std::uint8_t(1 + draw % 6);
    const auto ms = std::int64_t(draw / 6 % 20);
    const std::string org = draw / 120 % 2 == 0 ? "delos" : "bleu";
    const auto operation = IncidentOperation(1 + draw / 240 % 7);
    auto change = change_of(n, operation);
    change.text = "text " + std::to_string(draw % 97);
    change.severity = Severity(1 + draw % 4);
    change.other = incident_id(std::uint8_t(1 + (n + draw / 1680 % 5) % 6));
    if (operation == IncidentOperation::merge && i % 4 != 0) continue;
    if (operation == IncidentOperation::open) out.push_back(sent(ms, opening_of(n, ms), org));
    else if (change.other != change.incident) out.push_back(sent(ms, change, org));
    out.push_back(sent(ms, IncidentNote{incident_id(n), org + "/x", change.text}, org));
  }
  return out;
}

}  // namespace

TEST_CASE("any order of arrival gives the same incidents") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SeededEntropy entropy(seed);
    auto records = history(entropy);
    IncidentBook one, two;
    for (const auto& record : records) give(one, record);
    for (std::size_t i = records.size(); i > 1; --i)
      std::swap(records[i - 1], records[entropy.number() % i]);
    for (const auto& record : records) {
      give(two, record);
      CHECK_FALSE(give(two, record));
    }
    REQUIRE(one.state_digest() == two.state_digest());
    const auto first = one.list(), second = two.list();
    REQUIRE(first.size() == second.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
      CHECK(first[i].id == second[i].id);
      CHECK(first[i].aliases == second[i].aliases);
      CHECK(first[i].state == second[i].state);
      CHECK(first[i].assignee == second[i].assignee);
      CHECK(one.timeline(first[i].id) == two.timeline(first[i].id));
    }
  }
}

TEST_CASE("a missing record shows in the digest") {
  IncidentBook one, two;
  for (auto* book : {&one, &two}) give(*book, sent(1, opening_of(1, 1)));
  CHECK(one.state_digest() == two.state_digest());
  give(one, sent(2, IncidentNote{incident_id(1), "", "only here"}));
  CHECK(one.state_digest() != two.state_digest());
}

TEST_CASE("merged incidents keep the smallest id, and every alias finds them for ever") {
  IncidentBook book;
  for (const std::uint8_t n : {3, 1, 2}) give(book, sent(n, opening_of(n, n)));
  auto merge = change_of(3, IncidentOperation::merge);
  merge.other = incident_id(2);
  give(book, sent(10, merge));
  merge.other = incident_id(1);
  give(book, sent(11, merge));
  REQUIRE(book.list().size() == 1);
  const auto shown = *book.show(incident_id(2));
  CHECK(shown.id == incident_id(1));
  CHECK(shown.aliases == std::vector{incident_id(2), incident_id(3)});
  for (const std::uint8_t n : {1, 2, 3})
    CHECK(book.find(to_base32(incident_id(n))).value() == incident_id(1));
  CHECK(book.with_indicator(shown.indicators.at(0)) == std::vector{incident_id(1)});
}

TEST_CASE("changes that come before the opening wait for it") {
  IncidentBook book;
  give(book, sent(5, change_of(1, IncidentOperation::acknowledge)));
  CHECK(book.list().empty());
  CHECK(book.find(to_base32(incident_id(1))).error().code == Errc::not_found);
  give(book, sent(1, opening_of(1, 1), "bleu"));
  CHECK(book.show(incident_id(1))->state == IncidentState::acknowledged);
}

TEST_CASE("what the correlator finds shows at once and is published once") {
  IncidentBook book;
  const auto found = opening_of(1, 1);
  CHECK(book.observe(found, "delos").value());
  CHECK_FALSE(book.observe(found, "delos").value());
  CHECK(book.show(incident_id(1))->provisional);
  CHECK(book.unpublished("delos").size() == 1);
  CHECK(book.state_digest() == IncidentBook().state_digest());

  give(book, sent(1, found));
  CHECK_FALSE(book.show(incident_id(1))->provisional);
  CHECK(book.unpublished("delos").empty());
  auto grown = found;
  grown.orgs.push_back("third");
  CHECK(book.observe(grown, "delos").value());
}

TEST_CASE("a prefix finds one incident, or names the candidates") {
  IncidentBook book;
  auto near = opening_of(1, 1), far = opening_of(1, 1);
  far.incident.data[15] = 9;
  give(book, sent(1, near));
  give(book, sent(1, far));
  const auto text = to_base32(near.incident);
  CHECK(book.find(text).value() == near.incident);
  CHECK(book.find(text.substr(0, 4)).error().code == Errc::usage);
  CHECK(book.find("").error().code == Errc::not_found);
  CHECK(book.find("nothing").error().code == Errc::not_found);
}

TEST_CASE("only the own records of one incident can be released") {
  IncidentBook book;
  give(book, sent(1, opening_of(1, 1), "delos"));
  give(book, sent(2, opening_of(1, 1), "bleu"));
  give(book, sent(3, IncidentNote{incident_id(1), "", "delos says"}, "delos"));
  give(book, sent(3, IncidentNote{incident_id(2), "", "another"}, "delos"));
  CHECK(book.releasable(incident_id(1), "delos").value().size() == 2);
  CHECK(book.releasable(incident_id(1), "bleu").value().size() == 1);
  CHECK(book.releasable(incident_id(9), "delos").error().code == Errc::not_found);
}

TEST_CASE("the timeline holds records and what the agent adds, in order of time") {
  IncidentBook book;
  give(book, sent(10, opening_of(1, 10)));
  give(book, sent(30, IncidentNote{incident_id(1), "delos/anna", "seen"}));
  const TimelineEntry entry{{20}, "bleu", "sighting", "3 events", {}};
  REQUIRE(book.add_entry(incident_id(1), entry).has_value());
  REQUIRE(book.add_entry(incident_id(1), entry).has_value());
  const auto timeline = book.timeline(incident_id(1));
  REQUIRE(timeline.size() == 3);
  CHECK(timeline[0].kind == "opened");
  CHECK(timeline[1].kind == "sighting");
  CHECK(timeline[2].text == "delos/anna: seen");
  RunId run;
  run.data.fill(5);
  REQUIRE(book.add_run(incident_id(1), run).has_value());
  CHECK(book.show(incident_id(1))->runs == std::vector{run});
}
